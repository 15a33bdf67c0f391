// HMAC-SHA256 (RFC 2104): what only somebody with the key can compute of a message.

struct MessageCode {
    static let length = SHA256.size

    let bytes: [UInt8]

    /// Of the parts of a message, one after the other.
    init(_ parts: [UnsafeRawBufferPointer], key: [UInt8]) {
        var block = key
        if key.count > SHA256.blockSize {
            var hash = SHA256()
            hash.update(key)
            block = hash.finish()
        }
        block += [UInt8](repeating: 0, count: SHA256.blockSize - block.count)
        var inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        for part in parts { inner.update(part) }
        var outer = SHA256()
        outer.update(block.map { $0 ^ 0x5C })
        outer.update(inner.finish())
        bytes = outer.finish()
    }

    init(_ message: [UInt8], key: [UInt8]) {
        self = message.withUnsafeBytes { MessageCode([$0], key: key) }
    }

    /// Takes as long wherever the first difference is.
    func equals(_ other: [UInt8]) -> Bool {
        guard other.count == bytes.count else { return false }
        return zip(bytes, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
