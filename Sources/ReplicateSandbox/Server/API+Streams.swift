// Streams of events. Whoever has the URL of one may read it, from any web page too: browsers send no token with an
// EventSource, and ask first where a page's script does.

/// How streams are told apart from the rest of the API. A file's id has no dash.
enum StreamPath {
    static let text = "/v1/streams/"
    static let files = "/v1/files/stream-"
    static let anyOrigin = ("Access-Control-Allow-Origin", "*")

    static func key(_ path: String) -> String? {
        for prefix in [text, files] where path.hasPrefix(prefix) { return String(path.dropFirst(prefix.count)) }
        return nil
    }
}

extension API {
    func stream(_ key: String, _ request: APIRequest, _ base: String) async throws(Problem) -> Answer {
        switch request.method {
        case "GET": return try await events(key, request, base)
        case "OPTIONS":
            return Answer(
                empty: 204,
                headers: [
                    StreamPath.anyOrigin, ("Access-Control-Allow-Methods", "GET"),
                    // A star would leave Authorization out.
                    ("Access-Control-Allow-Headers", "Accept, Authorization, Cache-Control, Last-Event-ID"),
                    ("Access-Control-Max-Age", "86400"),
                ])
        default: throw .methodNotAllowed(allowed: ["GET", "OPTIONS"], method: request.method)
        }
    }

    private func events(_ key: String, _ request: APIRequest, _ base: String) async throws(Problem) -> Answer {
        let id = String(key.prefix(PredictionID.length))
        for store in [services.predictions, services.examples] {
            guard let stream = await store.prediction(id)?.stream, stream.path(of: id) == request.path else { continue }
            let feed = EventFeed(
                store: store, id: id, position: stream.position(after: request.lastEventID), dropAfter: stream.dropAfter,
                folder: "\(base)/outputs/\(id)", keepAliveSeconds: services.keepAliveSeconds)
            return Answer(events: feed, headers: [("Cache-Control", "no-store"), StreamPath.anyOrigin])
        }
        throw .unknownStream
    }
}
