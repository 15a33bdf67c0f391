// Addresses that are not of the public Internet: this machine, its networks, what clouds keep their secrets on, and blocks that
// nobody has. By the special-purpose registries of IANA (RFC 6890 and its successors).

import CCurl
import Glibc

enum PrivateAddress {
    static func isOne(v4 bytes: [UInt8]) -> Bool {
        guard bytes.count == 4 else { return true }
        switch (bytes[0], bytes[1]) {
        case (0, _), (10, _), (127, _), (100, 64...127), (169, 254), (172, 16...31), (192, 168), (198, 18...19): return true
        case (192, 0): return bytes[2] == 0 || bytes[2] == 2
        case (192, 88): return bytes[2] == 99
        case (198, 51): return bytes[2] == 100
        case (203, 0): return bytes[2] == 113
        case (224..., _): return true
        default: return false
        }
    }

    static func isOne(v6 bytes: [UInt8]) -> Bool {
        guard bytes.count == 16 else { return true }
        func begins(_ prefix: UInt8...) -> Bool { bytes.starts(with: prefix) }
        // An address of version 4 within: mapped, translated, 6to4.
        if begins(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF) || begins(0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0) {
            return isOne(v4: Array(bytes[12...]))
        }
        if begins(0x20, 0x02) { return isOne(v4: Array(bytes[2..<6])) }
        // Only 2000::/3 is given out.
        guard bytes[0] & 0xE0 == 0x20 else { return true }
        return begins(0x20, 0x01, 0x0D, 0xB8) || (begins(0x20, 0x01) && bytes[2] < 2) || begins(0x3F, 0xFF)
    }

    /// As numbers and dots or colons; what is neither is none.
    static func isOne(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return isOne(v4: Array(bytes[..<4])) }
        if inet_pton(AF_INET6, text, &bytes) == 1 { return isOne(v6: bytes) }
        return true
    }

    /// What a socket is about to be connected with.
    static func isOne(_ address: UnsafePointer<sockaddr>, length: Int) -> Bool {
        let raw = UnsafeRawBufferPointer(start: address, count: length)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where length >= 8: return isOne(v4: Array(raw[4..<8]))
        case AF_INET6 where length >= 24: return isOne(v6: Array(raw[8..<24]))
        default: return true
        }
    }
}
