// Any request to the API, for what this library has no name for yet: the token, the retries and the errors are the same.

/// An answer with what came before its body.
public struct Reply: Sendable {
    public let json: JSON
    public var status: Int?
    /// An object: each header's name in lower case, and its value; of several with one name the values joined by ", ".
    public var headers: JSON?
    /// Of a download into memory.
    public var bytes: [UInt8]?

    public init(_ json: JSON) { self.json = json }

    init(_ answer: Client.Answer) {
        json = answer.json
        status = answer.status
        var names: [String] = []
        var values: [String: String] = [:]
        for header in answer.headers {
            if let earlier = values[header.name] {
                values[header.name] = "\(earlier), \(header.value)"
            } else {
                names.append(header.name)
                values[header.name] = header.value
            }
        }
        headers = JSON(object: names.map { ($0, values[$0] ?? "") })
    }
}

public struct GenericRequest: Sendable {
    let method: HTTPRequest.Method
    let path: String
    let body: [UInt8]?

    /// `path` is below the base URL and begins with a slash. A body is JSON, unless the options set a Content-Type.
    public init(method: String, path: String, body: [UInt8]?, _ options: Options) throws(ReplicateError) {
        guard let method = HTTPRequest.Method(rawValue: method.uppercased()) else {
            let methods = HTTPRequest.Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw ReplicateError(.invalidInput, "method must be one of \(methods), not \"\(CallerText.shown(method))\"")
        }
        self.method = method
        self.path = try Self.checked(path)
        self.body = body
        if let body, !options.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            do throws(JSONError) {
                _ = try JSON(validating: body)
            } catch {
                throw ReplicateError(.invalidInput, "the body is not JSON: \(error)")
            }
        }
    }

    private static func checked(_ path: String) throws(ReplicateError) -> String {
        func wrong(_ what: String) -> ReplicateError {
            ReplicateError(.invalidInput, "path \(what); it should look like /models/owner/name")
        }
        try CallerText.check(path, "path", atMost: CallerText.longestURL)
        guard path.hasPrefix("/") else { throw wrong("does not begin with a slash") }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }) else {
            throw wrong("holds a character that a path cannot have")
        }
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let segments = parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let dots = [".", "..", "%2e", "%2e%2e", ".%2e", "%2e."]
        guard segments.allSatisfy({ !$0.isEmpty && !dots.contains($0.lowercased()) }) else {
            throw wrong("has a segment that is empty or a step upwards")
        }
        // libcurl leaves the mark of an empty query out: what is sent and what is told of it are the same.
        return parts.last?.isEmpty == true ? String(parts[0]) : path
    }
}

extension Client {
    public func send(_ request: GenericRequest, _ options: Options) async throws(ReplicateError) -> Reply {
        let patience = configuration.patience.changed(by: options)
        let path = request.path + QueryText.joined(options.parameters, after: request.path)
        var call = Call(method: request.method, path: path, headers: options.headers, body: request.body)
        call.result = .any
        switch request.method {
        case .get, .query: call.repetition = .harmless
        case .delete: call.repetition = .sameEndState
        case .post, .put, .patch: call.repetition = .createsAnother
        }
        return Reply(try await send(call, patience, by: await deadline(patience)))
    }
}
