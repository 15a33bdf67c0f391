// A drawing of plain shapes: what it shows depends on its seed alone, so the same prompt always gives the same picture.

import Crypto

struct Picture: Sendable {
    struct Size: Equatable, Sendable {
        var width: Int
        var height: Int
    }

    private static let bands = 64
    private static let shapes = 7

    let size: Size
    let palette: [PNG.Color]
    /// Row by row, each an index into the palette.
    let pixels: [UInt8]

    func png() throws(PNG.Unreadable) -> [UInt8] {
        try PNG.file(width: size.width, height: size.height, palette: palette, pixels: pixels)
    }

    var raster: Raster {
        var colors: [UInt8] = []
        colors.reserveCapacity(pixels.count * 3)
        for index in pixels.lazy.map(Int.init) where palette.indices.contains(index) {
            colors += [palette[index].red, palette[index].green, palette[index].blue]
        }
        return Raster(width: size.width, height: size.height, channels: 3, pixels: colors)
    }

    /// - Parameter subject: everything that the picture shall depend on.
    static func drawn(_ subject: [String], size: Size) -> Picture {
        var random = Seeded(subject)
        var canvas = Canvas(size: size)
        let (top, bottom) = (random.color(), random.color())
        var palette = (0..<bands).map { blend(top, bottom, Double($0) / Double(bands - 1)) }
        for row in 0..<size.height {
            canvas.fill(row, 0..<size.width, with: UInt8(row * bands / size.height))
        }
        for _ in 0..<shapes {
            let color = UInt8(palette.count)
            palette.append(random.color())
            let unit = Double(min(size.width, size.height))
            let center = (x: random.unit() * Double(size.width), y: random.unit() * Double(size.height))
            let radius = (0.05 + 0.2 * random.unit()) * unit
            let kind = Int(random.unit() * 3)
            for row in 0..<size.height {
                let distance = (Double(row) - center.y) / radius
                guard abs(distance) <= 1 else { continue }
                let half =
                    switch kind {
                    case 0: radius * (1 - distance * distance).squareRoot()  // a disc
                    case 1: radius  // a square
                    default: radius * (1 + distance) / 2  // a triangle
                    }
                canvas.fill(row, Int(center.x - half)..<(Int(center.x + half) + 1), with: color)
            }
        }
        return Picture(size: size, palette: palette, pixels: canvas.pixels)
    }

    private static func blend(_ one: PNG.Color, _ other: PNG.Color, _ share: Double) -> PNG.Color {
        func mix(_ one: UInt8, _ other: UInt8) -> UInt8 {
            UInt8((Double(one) * (1 - share) + Double(other) * share).rounded())
        }
        return PNG.Color(
            red: mix(one.red, other.red), green: mix(one.green, other.green), blue: mix(one.blue, other.blue))
    }
}

private struct Canvas {
    let size: Picture.Size
    private(set) var pixels: [UInt8]

    init(size: Picture.Size) {
        self.size = size
        pixels = [UInt8](repeating: 0, count: size.width * size.height)
    }

    /// What lies outside is cut off.
    mutating func fill(_ row: Int, _ columns: Range<Int>, with color: UInt8) {
        let columns = columns.clamped(to: 0..<size.width)
        let start = row * size.width
        pixels.withUnsafeMutableBufferPointer { pixels in
            let part = (start + columns.lowerBound)..<(start + columns.upperBound)
            UnsafeMutableBufferPointer(rebasing: pixels[part]).update(repeating: color)
        }
    }
}

/// SplitMix64 from the digest of some texts.
private struct Seeded {
    private var state: UInt64

    init(_ texts: [String]) {
        var hash = SHA256()
        for text in texts {
            hash.update(data: Array("\(text.utf8.count):".utf8))
            hash.update(data: Array(text.utf8))
        }
        state = hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 to just below 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func color() -> PNG.Color {
        let bits = next()
        return PNG.Color(
            red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
            blue: UInt8(truncatingIfNeeded: bits >> 16))
    }
}
