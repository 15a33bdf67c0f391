// A picture as its pixels, and what can be done to them.

struct Raster: Equatable, Sendable {
    enum Operation: String, CaseIterable, Sendable {
        case invert, mirror, flip, grayscale, rotate90
    }

    var width: Int
    var height: Int
    /// 3, or 4 where the last one is alpha.
    var channels: Int
    /// Row by row.
    var pixels: [UInt8]

    func applying(_ operation: Operation) -> Raster {
        switch operation {
        case .invert: mappingColors { (255 - $0, 255 - $1, 255 - $2) }
        case .grayscale:
            mappingColors { red, green, blue in
                // ITU-R 601, in whole numbers as Pillow has it.
                var sum = UInt32(red) * 19595
                sum += UInt32(green) * 38470
                sum += UInt32(blue) * 7471
                let gray = UInt8((sum + 0x8000) >> 16)
                return (gray, gray, gray)
            }
        case .mirror: moving(width, height) { column, row in (width - 1 - column, row) }
        case .flip: moving(width, height) { column, row in (column, height - 1 - row) }
        case .rotate90: moving(height, width) { column, row in (row, height - 1 - column) }  // clockwise
        }
    }

    /// The nearest pixels of a smaller picture with the same shape; its longest side is at most `side`.
    func thumbnail(_ side: Int) -> Raster {
        let longest = max(width, height, 1)
        guard longest > side, side > 0 else { return self }
        let (columns, rows) = (max(width * side / longest, 1), max(height * side / longest, 1))
        return moving(columns, rows) { column, row in (column * width / columns, row * height / rows) }
    }

    /// Alpha stays as it is.
    private func mappingColors(_ color: (UInt8, UInt8, UInt8) -> (UInt8, UInt8, UInt8)) -> Raster {
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { pixels in
            for start in stride(from: 0, to: pixels.count - channels + 1, by: channels) {
                (pixels[start], pixels[start + 1], pixels[start + 2]) =
                    color(pixels[start], pixels[start + 1], pixels[start + 2])
            }
        }
        return result
    }

    /// - Parameter origin: where the pixel at a column and row of the result comes from.
    private func moving(_ columns: Int, _ rows: Int, _ origin: (Int, Int) -> (Int, Int)) -> Raster {
        var result = Raster(width: columns, height: rows, channels: channels, pixels: [])
        result.pixels.reserveCapacity(columns * rows * channels)
        for row in 0..<rows {
            for column in 0..<columns {
                let (fromColumn, fromRow) = origin(column, row)
                let start = (fromRow * width + fromColumn) * channels
                result.pixels += pixels[start..<(start + channels)]
            }
        }
        return result
    }
}
