// Writes PNG files (ISO 15948) of up to 256 colours.

enum PNGWriter {
    struct Color: Sendable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8
    }

    /// - Parameter pixels: row by row, each an index into the palette.
    static func file(width: Int, height: Int, palette: [Color], pixels: [UInt8]) -> [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            rows.append(0)  // no filter
            rows += pixels[(row * width)..<((row + 1) * width)]
        }
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        // 8 bits a pixel, indexed colour, and the only methods there are.
        file += chunk("IHDR", bigEndian(UInt32(width)) + bigEndian(UInt32(height)) + [8, 3, 0, 0, 0])
        file += chunk("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] })
        file += chunk("IDAT", [0x78, 0x01] + Deflate.compress(rows) + bigEndian(adler32(rows)))
        return file + chunk("IEND", [])
    }

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return bigEndian(UInt32(content.count)) + body + bigEndian(crc32(body))
    }

    private static func bigEndian(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }

    static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        bytes.withUnsafeBufferPointer { bytes in
            for start in stride(from: 0, to: bytes.count, by: 5552) {  // so many sums fit before they must be reduced
                for index in start..<min(start + 5552, bytes.count) {
                    low += UInt32(bytes[index])
                    high += low
                }
                low %= 65521
                high %= 65521
            }
        }
        return high << 16 | low
    }
}
