// The header Content-Range of an answer with a part of a file (RFC 9110, 14.4): "bytes 3-5/9".

struct ContentRange: Equatable {
    let first: Int64
    let last: Int64
    /// Nil where the server does not know ("*").
    let complete: Int64?

    /// Nil for anything else, such as a range of nothing.
    init?(_ header: String?) {
        guard let header, header.lowercased().hasPrefix("bytes ") else { return nil }
        let parts = header.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last else {
            return nil
        }
        (self.first, self.last) = (first, last)
        if parts[1] == "*" {
            complete = nil
        } else {
            guard let complete = Self.number(parts[1]), last < complete else { return nil }
            self.complete = complete
        }
    }

    private static func number(_ digits: Substring) -> Int64? {
        digits.utf8.allSatisfy { isDigit($0) } ? Int64(digits) : nil
    }
}
