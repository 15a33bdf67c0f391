// Which part of a file a request asks for (RFC 9110, 14).

enum ByteRange: Equatable, Sendable {
    case whole
    case part(Range<Int>)
    case unsatisfiable

    /// A header that says nothing, or something that is not done here, several parts for instance, means the whole.
    /// - Parameters:
    ///   - condition: the header If-Range. A date is never the file's: there is none to compare with.
    ///   - etag: of the file, with its quotes.
    static func find(_ header: String?, condition: String?, etag: String, count: Int) -> ByteRange {
        guard let header, condition == nil || condition.map({ trimmed($0[...]) }) == etag else { return .whole }
        let sides = header.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let unit = sides.first, let spec = sides.last, trimmed(unit).lowercased() == "bytes" else {
            return .whole
        }
        let ends = trimmed(spec).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = ends.first, let last = ends.last else { return .whole }
        switch (number(first), number(last)) {
        case (let first?, let last?) where first <= last:
            return first < count ? .part(first..<min(last, count - 1) + 1) : .unsatisfiable
        case (let first?, nil) where last.isEmpty:
            return first < count ? .part(first..<count) : .unsatisfiable
        case (nil, let length?) where first.isEmpty:
            return length > 0 && count > 0 ? .part(max(count - length, 0)..<count) : .unsatisfiable
        default: return .whole
        }
    }

    /// One that is too large to be counted is as good as the largest.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text) ?? .max
    }
}
