// Text that C may look at for as long as the object lives: a stable address, and NUL behind the end.

import Replicate

final class CText: @unchecked Sendable {  // Written once, before anybody can see it.
    let pointer: UnsafePointer<CChar>
    let count: Int

    init(_ bytes: some Collection<UInt8>) {
        let storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 1)
        let (_, end) = storage.initialize(from: bytes)
        storage.initializeElement(at: end, to: 0)
        count = bytes.count
        pointer = UnsafeRawPointer(storage.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: CChar.self)
    }

    convenience init(_ text: String) { self.init(text.utf8) }

    deinit { UnsafeMutableRawPointer(mutating: pointer).deallocate() }
}

/// Hands out borrowed text with its length.
func lend(_ text: CText?, _ length: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>? {
    length?.pointee = text?.count ?? 0
    return text?.pointer
}
