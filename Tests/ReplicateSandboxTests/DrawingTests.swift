// The PNG files: their checksums, their compression and their sizes.

import Testing

@testable import ReplicateSandbox

@Suite struct DrawingTests {
    @Test func checksums() {
        #expect(PNGWriter.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(PNGWriter.adler32(Array("Wikipedia".utf8)) == 0x11E6_0398)
        #expect(PNGWriter.adler32([UInt8](repeating: 255, count: 100_000)) == Self.plainAdler(255, 100_000))
    }

    private static func plainAdler(_ byte: UInt32, _ count: Int) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for _ in 0..<count {
            low = (low + byte) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }

    /// Every length of a run once, with bytes from both ranges of codes behind and before it.
    @Test func whatIsCompressedComesBack() throws {
        var data: [UInt8] = []
        for length in 1...600 { data += [UInt8](repeating: UInt8(length * 7 & 255), count: length) }
        data += (0...255).map { UInt8($0) }
        let compressed = Deflate.compress(data)
        #expect(compressed.count < data.count / 20)
        #expect(try Inflated(compressed).bytes == data)
        #expect(try Inflated(Deflate.compress([])).bytes == [])
    }

    @Test(arguments: [
        ("16:9", 1365, 768), ("1:1", 1024, 1024), ("21:9", 1564, 670), ("9:16", 768, 1365),
    ])
    func aMegapixel(ratio: String, width: Int, height: Int) throws {
        let size = Picture.Size(ratio: try #require(Picture.Size.ratio(ratio)), pixels: 1_048_576)
        #expect(size == Picture.Size(width: width, height: height))
    }

    @Test func otherSizes() {
        #expect(Picture.Size(ratio: 2, longest: 2048) == Picture.Size(width: 2048, height: 1024))
        #expect(Picture.Size(ratio: 0.5, shortest: 512) == Picture.Size(width: 512, height: 1024))
        #expect(Picture.Size("1024x768") == Picture.Size(width: 1024, height: 768))
        for text in ["", "x", "1024", "0x1", "1x9999", "-1x5", "1x1x1"] { #expect(Picture.Size(text) == nil) }
        for text in ["", ":", "16", "0:1", "1:101", "a:b"] { #expect(Picture.Size.ratio(text) == nil) }
    }

    @Test func aPictureDependsOnItsSubjectAlone() {
        func draw(_ subject: [String]) -> [UInt8] { Picture.png(size: .init(width: 60, height: 1), subject: subject) }
        #expect(draw(["a", "b"]) == draw(["a", "b"]) && draw(["a", "b"]) != draw(["ab", ""]))
    }
}

/// Reads back one block with fixed codes (RFC 1951, 3.2.6), written from the standard and not from the encoder.
private struct Inflated {
    struct Broken: Error {}

    private(set) var bytes: [UInt8] = []

    init(_ stream: [UInt8]) throws {
        var position = 0
        func bit() throws -> Int {
            guard position < stream.count * 8 else { throw Broken() }
            defer { position += 1 }
            return Int(stream[position / 8] >> (position % 8)) & 1
        }
        func number(_ count: Int) throws -> Int { try (0..<count).reduce(0) { try $0 | bit() << $1 } }
        let lengths = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
            227, 258,
        ]
        let extras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
        guard try bit() == 1, try number(2) == 1 else { throw Broken() }
        while true {
            var code = try (0..<7).reduce(0) { code, _ in try code << 1 | bit() }
            let symbol: Int
            if code <= 0b001_0111 {
                symbol = 256 + code
            } else {
                code = code << 1 | (try bit())
                switch code {
                case 0b0011_0000...0b1011_1111: symbol = code - 0b0011_0000
                case 0b1100_0000...0b1100_0111: symbol = 280 + code - 0b1100_0000
                default: symbol = 144 + (code << 1 | (try bit())) - 0b1_1001_0000
                }
            }
            if symbol == 256 { return }
            if symbol < 256 {
                bytes.append(UInt8(symbol))
            } else {
                let length = lengths[symbol - 257] + (try number(extras[symbol - 257]))
                guard try number(5) == 0, let last = bytes.last else { throw Broken() }
                bytes += [UInt8](repeating: last, count: length)
            }
        }
    }
}
