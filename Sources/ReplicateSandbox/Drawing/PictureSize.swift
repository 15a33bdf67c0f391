// How large a picture becomes: from an aspect ratio, a number of pixels, or both sides.

extension Picture.Size {
    static let longestSide = 4096

    /// `16:9`
    static func ratio(_ text: String) -> Double? {
        let sides = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides.first ?? nil, let height = sides.last ?? nil,
            (1...100).contains(width), (1...100).contains(height)
        else { return nil }
        return Double(width) / Double(height)
    }

    /// `1024x768`
    init?(_ text: String) {
        let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard sides.count == 2, let width = sides.first ?? nil, let height = sides.last ?? nil,
            (1...Self.longestSide).contains(width), (1...Self.longestSide).contains(height)
        else { return nil }
        self.init(width: width, height: height)
    }

    init(ratio: Double, pixels: Double) {
        self.init(
            width: Self.whole((pixels * ratio).squareRoot()), height: Self.whole((pixels / ratio).squareRoot()))
    }

    init(ratio: Double, longest: Double) {
        self.init(
            width: Self.whole(ratio >= 1 ? longest : longest * ratio),
            height: Self.whole(ratio >= 1 ? longest / ratio : longest))
    }

    init(ratio: Double, shortest: Double) {
        self.init(
            width: Self.whole(ratio >= 1 ? shortest * ratio : shortest),
            height: Self.whole(ratio >= 1 ? shortest : shortest / ratio))
    }

    private static func whole(_ side: Double) -> Int { min(max(Int(side.rounded()), 1), longestSide) }
}
