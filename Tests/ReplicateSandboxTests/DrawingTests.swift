// Pictures: PNG files in and out, what is done to pixels, and the sizes.

import Testing

@testable import ReplicateSandbox

@Suite struct DrawingTests {
    private static let raster = Raster(width: 2, height: 1, channels: 4, pixels: [1, 2, 3, 4, 250, 251, 252, 253])

    @Test func whatIsWrittenIsRead() throws {
        #expect(try PNG.read(try PNG.file(Self.raster)) == Self.raster)
        let opaque = Raster(width: 1, height: 2, channels: 3, pixels: [9, 8, 7, 6, 5, 4])
        #expect(try PNG.read(try PNG.file(opaque)) == opaque)
        let palette = (0..<256).map { PNG.Color(red: UInt8($0), green: UInt8(255 - $0), blue: 7) }
        let file = try PNG.file(width: 256, height: 1, palette: palette, pixels: (0...255).map { UInt8($0) })
        let expected = palette.flatMap { [$0.red, $0.green, $0.blue] }
        #expect(try PNG.read(file) == Raster(width: 256, height: 1, channels: 3, pixels: expected))
        let picture = Picture.drawn(["a"], size: Picture.Size(width: 30, height: 20))
        #expect(try PNG.read(picture.png()) == picture.raster)
    }

    /// Every length of a good file but its own, and a change of each of its bytes: refused or read, and never worse.
    @Test func brokenFilesAreRefused() throws {
        let file = try PNG.file(Self.raster)
        for length in 0..<(file.count - 12) {  // the last chunk is empty
            #expect(throws: PNG.Unreadable.self) { try PNG.read(file[..<length]) }
        }
        for index in file.indices {
            var changed = file
            changed[index] ^= 0x55
            _ = try? PNG.read(changed)
        }
        #expect(throws: PNG.Unreadable(reason: "it does not begin like one")) { try PNG.read(Array("GIF89a and so on".utf8)) }
    }

    /// A head is enough to claim any size: nothing is set aside for one that is too large.
    @Test(arguments: [(8193, 1), (1, 8193), (4097, 4096), (1_000_000, 1_000_000)])
    func sizesAreBounded(width: UInt32, height: UInt32) throws {
        var file = try PNG.file(Self.raster)
        func put(_ number: UInt32, at start: Int) {
            for byte in 0..<4 { file[start + byte] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * byte)) }
        }
        put(width, at: 16)
        put(height, at: 20)
        put(Self.crc32(file[12..<29]), at: 29)
        let error = #expect(throws: PNG.Unreadable.self) { try PNG.read(file) }
        #expect(error?.reason.hasPrefix("\(width)x\(height) pixels are too many") == true)
    }

    private static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
    }

    @Test func wrongSizesAreNotWritten() {
        for raster in [
            Raster(width: 2, height: 1, channels: 3, pixels: [1]), Raster(width: 0, height: 0, channels: 3, pixels: []),
            Raster(width: -1, height: 1, channels: 3, pixels: []), Raster(width: 1 << 40, height: 1, channels: 3, pixels: []),
        ] {
            #expect(throws: PNG.Unreadable.self) { try PNG.file(raster) }
        }
        #expect(throws: PNG.Unreadable.self) {
            try PNG.file(
                width: 1, height: 1, palette: [PNG.Color](repeating: .init(red: 0, green: 0, blue: 0), count: 257), pixels: [0])
        }
    }

    /// Of three columns and two rows, numbered from 1.
    @Test(arguments: [
        (Raster.Operation.mirror, 3, [3, 2, 1, 6, 5, 4]), (.flip, 3, [4, 5, 6, 1, 2, 3]), (.rotate90, 2, [4, 1, 5, 2, 6, 3]),
        (.invert, 3, [254, 253, 252, 251, 250, 249]), (.grayscale, 3, [1, 2, 3, 4, 5, 6]),
    ])
    func operations(operation: Raster.Operation, width: Int, numbers: [UInt8]) {
        let raster = Raster(width: 3, height: 2, channels: 4, pixels: (1...6).flatMap { [$0, $0, $0, 77] })
        let result = raster.applying(operation)
        #expect((result.width, result.height) == (width, 6 / width))
        #expect(result.pixels == numbers.flatMap { [$0, $0, $0, 77] })
    }

    @Test func graysAndThumbnails() {
        let colors = Raster(width: 3, height: 1, channels: 3, pixels: [255, 0, 0, 0, 255, 0, 0, 0, 255])
        #expect(colors.applying(.grayscale).pixels == [76, 76, 76, 150, 150, 150, 29, 29, 29])
        #expect(colors.thumbnail(3) == colors)
        #expect(colors.thumbnail(1) == Raster(width: 1, height: 1, channels: 3, pixels: [255, 0, 0]))
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
        func draw(_ subject: [String]) -> [UInt8] { Picture.drawn(subject, size: .init(width: 60, height: 1)).raster.pixels }
        #expect(draw(["a", "b"]) == draw(["a", "b"]) && draw(["a", "b"]) != draw(["ab", ""]))
    }
}
