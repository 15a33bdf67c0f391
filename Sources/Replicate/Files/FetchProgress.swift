// What has come of a file so far, and how to ask for the rest of the same file.

extension Fetch {
    struct Progress: Sendable {
        var size: Int64 = 0
        private(set) var total: Int64?
        /// As the server called it.
        private(set) var type: String?
        /// By which the server knows whether it is still the same file; nil when it has to be fetched whole.
        var validator: String?
        private var tag: String?

        /// Of a first answer, or one from the beginning.
        mutating func begin(_ response: HTTPResponse) {
            size = 0
            // Where both are, the length means nothing.
            let isChunked = response.header("transfer-encoding") != nil
            total = isChunked ? nil : response.header("content-length").flatMap { Int64($0) }
            type = response.header("content-type")
            tag = response.header("etag")
            // A weak tag does not promise the same bytes, and where there is any, a date is not to be used (RFC 9110, 13.1.5).
            validator = tag.map { $0.hasPrefix("\"") ? $0 : nil } ?? response.header("last-modified")
        }

        /// Of what is all there already.
        mutating func begin(type: String, total: Int64) { (self.type, self.total) = (type, total) }

        /// The headers that ask for the rest.
        var range: [(name: String, value: String)] {
            guard size > 0, let validator else { return [] }
            return [("Range", "bytes=\(size)-"), ("If-Range", validator)]
        }

        /// Whether the answer is the rest that was asked for, of the same file; or a part of it, behind which more can be asked
        /// for.
        mutating func isContinued(by response: HTTPResponse) -> Bool {
            guard let validator, !range.isEmpty, let part = ContentRange(response.header("content-range")), part.first == size
            else { return false }
            // Some servers know of ranges, but not of If-Range.
            if let other = response.header("etag"), let tag, other != tag { return false }
            if tag == nil, let date = response.header("last-modified"), date != validator { return false }
            if let total, let complete = part.complete, complete != total { return false }
            total = total ?? part.complete
            return true
        }

        /// Nil when all is there. What comes in pieces need not add up to the whole.
        var shortfall: String? {
            guard let total, size != total else { return nil }
            return "the file has \(total) bytes, and \(size) came"
        }

        /// What an UPDATED event says.
        var json: JSON {
            let text = "{\"received\":\(size)" + (total.map { ",\"total\":\($0)" } ?? "") + "}"
            return (try? JSON(validating: text)) ?? .true
        }
    }
}
