// A page cut out of a list that is in the order in which it is shown.

struct Listing<Element: Sendable>: Sendable {
    var elements: [Element]
    var next: Cursor?
    var previous: Cursor?

    init(elements: [Element], next: Cursor?, previous: Cursor?) {
        self.elements = elements
        self.next = next
        self.previous = previous
    }

    /// - Parameters:
    ///   - sorted: by rising rank; no two have the same.
    ///   - cursor: a rank behind or before which the page lies, so that what comes and goes elsewhere moves nothing.
    init(_ sorted: [Element], at cursor: Cursor?, limit: Int, rank: (Element) -> Int) {
        let start: Int
        let end: Int
        switch cursor {
        case nil:
            start = 0
            end = min(limit, sorted.count)
        case .after(let mark):
            start = sorted.firstIndex { rank($0) > mark } ?? sorted.count
            end = min(start + limit, sorted.count)
        case .before(let mark):
            end = sorted.firstIndex { rank($0) >= mark } ?? sorted.count
            start = max(end - limit, 0)
        }
        elements = Array(sorted[start..<end])
        next = end < sorted.count ? elements.last.map { .after(rank($0)) } : nil
        previous = start > 0 ? elements.first.map { .before(rank($0)) } : nil
    }
}
