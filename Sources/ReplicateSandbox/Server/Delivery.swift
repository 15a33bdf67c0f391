// A file as an answer: whole, or the part that is asked for, or word that the client has it already.

enum Delivery {
    /// - Parameter etag: without quotes; the same for the same bytes alone.
    static func answer(_ content: FileContent, type: String, etag: String, to request: APIRequest) -> Answer {
        let etag = "\"\(etag)\""
        let headers = [("ETag", etag), ("Accept-Ranges", "bytes")]
        if let known = request.ifNoneMatch, matches(known, etag) { return Answer(empty: 304, headers: headers) }
        // A range means something to GET alone.
        let wish = request.method == "GET" ? request.range : nil
        switch ByteRange.find(wish, condition: request.ifRange, etag: etag, count: content.count) {
        case .whole: return Answer(file: content, 0..<content.count, type: type, headers: headers)
        case .part(let range):
            let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(content.count)"
            return Answer(206, file: content, range, type: type, headers: headers + [("Content-Range", place)])
        case .unsatisfiable:
            return Answer(empty: 416, headers: headers + [("Content-Range", "bytes */\(content.count)")])
        }
    }

    private static func matches(_ list: String, _ etag: String) -> Bool {
        list.split(separator: ",").map(trimmed).contains { $0 == "*" || $0 == etag || $0 == "W/\(etag)" }
    }
}
