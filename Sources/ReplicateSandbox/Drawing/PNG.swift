// PNG files, by libpng: pixels of 8 bits a channel in and out.

import CPNG

enum PNG {
    /// Why bytes are no picture that is worked on here.
    struct Unreadable: Error, Equatable, Sendable {
        let reason: String
    }

    struct Color: Equatable, Sendable {
        var red: UInt8
        var green: UInt8
        var blue: UInt8
    }

    /// A short file can claim any size, so that is looked at before there is room for the pixels.
    static let longestSide = 8192
    static let mostPixels = 1 << 24
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func read(_ file: some Collection<UInt8>) throws(Unreadable) -> Raster {
        guard file.starts(with: signature) else { throw Unreadable(reason: "it does not begin like one") }
        let file = ContiguousArray(file)
        var head = cpng_picture()
        guard file.withUnsafeBytes({ cpng_read_head($0.baseAddress, $0.count, &head) }) != 0 else {
            throw Unreadable(reason: message(head))
        }
        let (width, height, channels) = (Int(head.width), Int(head.height), head.has_alpha != 0 ? 4 : 3)
        guard (1...longestSide).contains(width), (1...longestSide).contains(height), width * height <= mostPixels else {
            throw Unreadable(
                reason: "\(width)x\(height) pixels are too many: \(longestSide) a side and \(mostPixels) in all are the limit")
        }
        let size = width * height * channels
        var isGood = false
        let pixels = [UInt8](unsafeUninitializedCapacity: size) { room, count in
            isGood = file.withUnsafeBytes { cpng_read_pixels($0.baseAddress, $0.count, &head, room.baseAddress, size) } != 0
            count = isGood ? size : 0
        }
        guard isGood else { throw Unreadable(reason: message(head)) }
        return Raster(width: width, height: height, channels: channels, pixels: pixels)
    }

    static func file(_ raster: Raster) throws(Unreadable) -> [UInt8] {
        var picture = cpng_picture()
        picture.has_alpha = raster.channels == 4 ? 1 : 0
        return try write(&picture, raster.width, raster.height, raster.pixels, palette: [])
    }

    /// - Parameter pixels: row by row, each an index into the palette.
    static func file(width: Int, height: Int, palette: [Color], pixels: [UInt8]) throws(Unreadable) -> [UInt8] {
        var picture = cpng_picture()
        return try write(&picture, width, height, pixels, palette: palette)
    }

    private static func write(
        _ picture: inout cpng_picture, _ width: Int, _ height: Int, _ pixels: [UInt8], palette: [Color]
    ) throws(Unreadable) -> [UInt8] {
        guard let width = UInt32(exactly: width), let height = UInt32(exactly: height), palette.count <= 256 else {
            throw Unreadable(reason: "the size or the palette is too large")
        }
        (picture.width, picture.height) = (width, height)
        let colors = palette.flatMap { [$0.red, $0.green, $0.blue] }
        let count = Int32(palette.count)
        var length = cpng_bound(&picture, count)
        var isGood = false
        let file = [UInt8](unsafeUninitializedCapacity: length) { room, used in
            isGood = cpng_write(&picture, pixels, pixels.count, colors, count, room.baseAddress, &length) != 0
            used = isGood ? length : 0
        }
        guard isGood else { throw Unreadable(reason: message(picture)) }
        return Array(file[...])  // without the room that was not needed
    }

    private static func message(_ picture: cpng_picture) -> String {
        withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
