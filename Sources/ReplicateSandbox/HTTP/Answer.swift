// What the API answers, before any HTTP library sees it.

struct Answer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// In place of the body, where it comes piece by piece.
    var events: EventFeed?
    var file: FileFeed?

    init(_ status: Int = 200, type: String = "application/json", headers: [(String, String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = [("Content-Type", type)] + headers
        self.body = body
    }

    init(empty status: Int, headers: [(String, String)] = []) {
        self.status = status
        self.headers = headers
        body = []
    }

    init(_ status: Int = 200, file: FileContent, _ range: Range<Int>, type: String, headers: [(String, String)]) {
        self.init(status, type: type, headers: headers, body: [])
        self.file = FileFeed(content: file, range: range)
    }

    init(events: EventFeed, headers: [(String, String)]) {
        self.init(type: "text/event-stream", headers: headers, body: [])
        self.events = events
    }

    static let deleted = Answer(empty: 204)
    static let accepted = Answer(empty: 202)
}

/// A refusal, in the words and the form of the real service.
struct Problem: Error, Sendable {
    var status: Int
    var title: String?
    var detail: String
    var violations: [SchemaViolation]?
    var headers: [(String, String)] = []
    var retryAfter: Int?
    /// Some refusals of the service are a detail and nothing else.
    var isBare = false
    var type = "application/problem+json"

    static let unauthenticated = Problem(
        status: 401, title: "Unauthenticated", detail: "You did not pass a valid authentication token")
    static let notFound = Problem(status: 404, detail: "The requested resource could not be found.")
    static let tooLarge = Problem(
        status: 413, detail: "The body of a request must be at most \(RequestBody.maximumLength) bytes.")
    static let unknownVersion = Problem(
        status: 422, title: "Invalid version or not permitted",
        detail: "The specified version does not exist (or perhaps you don't have permission to use it?)")
    static let full = Problem(
        status: 429, detail: "The sandbox holds as many running predictions as it can. Try again in ~1s.",
        headers: [("Retry-After", "1")], retryAfter: 1)

    static let invalidCursor = Problem(status: 404, detail: "Invalid cursor")
    static let unknownDestination = Problem(
        status: 404, detail: "The specified training destination does not exist")
    static let unknownFile = Problem(status: 404, detail: "File not found", isBare: true)

    static let unknownStream = Problem(
        status: 404, detail: "The requested stream could not be found.", headers: [StreamPath.anyOrigin])

    static func fileTooLarge(limit: Int) -> Problem {
        Problem(status: 413, detail: "Files must be less than \(limit >> 20)MB in size", isBare: true)
    }

    static func badRequest(_ detail: String) -> Problem { Problem(status: 400, detail: detail) }
    static func forbidden(_ detail: String) -> Problem { Problem(status: 403, detail: detail) }
    static func conflict(_ detail: String) -> Problem { Problem(status: 409, detail: detail) }
    static func badSearch(_ detail: String) -> Problem {
        Problem(status: 400, detail: detail, isBare: true, type: "application/json")
    }

    static func methodNotAllowed(allowed: [String], method: String) -> Problem {
        Problem(
            status: 405, detail: "Method \"\(method)\" not allowed.",
            headers: [("Allow", allowed.joined(separator: ", "))])
    }

    static func invalid(_ violations: [SchemaViolation]) -> Problem {
        Problem(
            status: 422, title: "Input validation failed", detail: violations.map(\.line).joined(),
            violations: violations)
    }

    var answer: Answer {
        var object = JSONObject()
        if let title { object.add("title", title) }
        object.add("detail", detail)
        if !isBare { object.add("status", status) }
        if let retryAfter { object.add("retry_after", retryAfter) }
        if let violations {
            var list = JSONArray()
            for violation in violations { list.add(raw: violation.json.text) }
            object.add("invalid_fields", raw: list.text)
        }
        return Answer(status, type: type, headers: headers, body: object.text)
    }
}
