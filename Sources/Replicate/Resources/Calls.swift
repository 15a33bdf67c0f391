// Carries operations out: arguments into the path, the caller's object into the body, the answer into JSON.

extension Client {
    /// One operation of the table. `body` is the JSON object, or the text, that goes along.
    public func call(_ operation: Operation, _ arguments: [String], body: [UInt8]? = nil, _ options: Options)
        async throws(ReplicateError) -> JSON
    {
        let patience = configuration.patience.changed(by: options)
        let call = try self.call(operation, arguments, body, options)
        let answer = try await send(call, patience, by: await deadline(patience)).json
        guard ["predictions.get", "trainings.get"].contains(operation.name) else { return answer }
        guard answer.kind == .object else {
            throw ReplicateError(.protocol, "the answer is \(answer.kind) where an object is due")
        }
        if let id = answer["id"]?.string, id != arguments.first {
            throw ReplicateError(.protocol, "the answer is not the one that was asked for, but \"\(ForeignText.cleaned(id))\"")
        }
        return answer
    }

    /// Throws for what is no URL of any page.
    public static func check(page url: String, argument: String) throws(ReplicateError) {
        guard !url.isEmpty else { throw ReplicateError(.invalidInput, "\(argument) is empty") }
        try CallerText.check(url, argument, atMost: CallerText.longestURL)
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ReplicateError(.invalidInput, "\(argument) holds a character that a URL cannot have")
        }
    }

    /// A further page of a list, at the URL that one gave as `next` or `previous`, verbatim.
    public func page(at url: String, _ options: Options) async throws(ReplicateError) -> JSON {
        if let stranger = options.parameters.first {
            throw ReplicateError(
                .invalidInput, "a page's URL is taken as it is: it takes no \"\(CallerText.shown(stranger.name))\"")
        }
        guard let url = configuration.base.resolve(url) else {
            throw ReplicateError(
                .invalidInput, "the page is not an URL of \(configuration.base.host), so the token cannot go there")
        }
        let patience = configuration.patience.changed(by: options)
        return try await send(Call(method: .get, path: url, headers: options.headers), patience, by: await deadline(patience))
            .json
    }

    func call(_ operation: Operation, _ arguments: [String], _ body: [UInt8]?, _ options: Options) throws(ReplicateError)
        -> Call
    {
        if let stranger = options.parameters.first(where: { !operation.parameters.contains($0.name) }) {
            let known = operation.parameters.isEmpty ? "none" : operation.parameters.joined(separator: ", ")
            throw ReplicateError(
                .invalidInput, "\(operation.name) takes no \"\(CallerText.shown(stranger.name))\"; its parameters are: \(known)")
        }
        var path = try operation.path(arguments)
        path += QueryText.joined(options.parameters, after: path)
        var call = Call(method: operation.method, path: path, headers: options.headers, body: body)
        call.repetition = operation.repetition
        call.result = operation.result
        if ["/predictions/{id}", "/trainings/{id}"].contains(where: operation.path.hasPrefix) { call.subject = arguments.first }
        if operation.body == .text { call.headers.append(("Content-Type", "text/plain")) }
        if operation.result == .text { call.headers.append(("Accept", "text/plain")) }
        return call
    }
}
