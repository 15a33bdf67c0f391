// The operations: from a request that has been read to its answer.

struct API: Sendable {
    static let pageLength = 100

    let store: PredictionStore
    let models: ModelTable
    let startedAt: Timestamp

    func answer(_ request: APIRequest) async -> Answer {
        do throws(Problem) {
            if request.path == "/v1" || request.path.hasPrefix("/v1/"), !Self.hasToken(request.authorization) {
                throw .unauthenticated
            }
            let base = try Self.base(request.host)
            if request.method == "GET", request.path.hasPrefix("/p/") { return try await webPage(request.path, base) }
            return try await perform(Route.find(method: request.method, path: request.path), request, base)
        } catch {
            return error.answer
        }
    }

    private func perform(_ route: Route, _ request: APIRequest, _ base: String) async throws(Problem) -> Answer {
        switch route {
        case .account: return account()
        case .listPredictions: return try await list(request, base)
        case .prediction(let id):
            guard let prediction = await store.prediction(id) else { throw .notFound }
            return Answer(body: prediction.json(base: base))
        case .cancelPrediction(let id):
            guard let prediction = await store.cancel(id) else { throw .notFound }
            return Answer(body: prediction.json(base: base))
        case .createPrediction:
            let body = try PredictionRequest.parse(bytes(request), namesVersion: true)
            guard let model = models.resolve(body.version ?? "") else { throw .unknownVersion }
            return try await create(body, model, request, base)
        case .createModelPrediction(let owner, let name):
            let model = try model(owner, name)
            return try await create(.parse(bytes(request), namesVersion: false), model, request, base)
        case .createDeploymentPrediction(let owner, let name):
            guard let model = models.deployment(owner: owner, name: name) else { throw .notFound }
            let body = try PredictionRequest.parse(bytes(request), namesVersion: false)
            return try await create(body, model, request, base, deployment: "\(owner)/\(name)")
        case .model(let owner, let name):
            let model = try model(owner, name)
            let runs = await store.runCount(of: model.path)
            return Answer(body: model.json(base: base, createdAt: startedAt, runs: runs).text)
        case .versions(let owner, let name):
            var list = JSONArray()
            list.add(raw: try model(owner, name).versionJSON(createdAt: startedAt).text)
            return Answer(body: Self.page(next: nil, previous: nil, results: list))
        case .version(let owner, let name, let id):
            let model = try model(owner, name)
            guard model.versionID == id else { throw .notFound }
            return Answer(body: model.versionJSON(createdAt: startedAt).text)
        }
    }

    private func create(
        _ body: PredictionRequest, _ model: PublishedModel, _ request: APIRequest, _ base: String,
        deployment: String? = nil
    ) async throws(Problem) -> Answer {
        let preference: Preference
        let cancelAfter: CancelAfter?
        do throws(SchemaViolation) {
            preference = try Preference.parse(request.prefer)
            cancelAfter = try CancelAfter.parse(request.cancelAfter)
        } catch {
            throw .invalid([error])
        }
        let order = try body.order(for: model, deployment: deployment, cancelAfter: cancelAfter)
        var prediction = try await store.create(order)
        var status = 201
        var headers = [("Location", "\(base)/v1/predictions/\(prediction.id)")]
        if let seconds = preference.wait {
            prediction = await store.ended(prediction.id, within: Double(seconds)) ?? prediction
            if !prediction.status.isTerminal { status = 202 }
            headers.append(("Preference-Applied", "wait=\(seconds)"))
        }
        return Answer(status, headers: headers, body: prediction.json(base: base, isLate: status == 202))
    }

    private func list(_ request: APIRequest, _ base: String) async throws(Problem) -> Answer {
        let query = try ListQuery.parse(request.query)
        let page = await store.page(query, limit: Self.pageLength)
        var results = JSONArray()
        for prediction in page.predictions { results.add(raw: prediction.json(base: base)) }
        func url(_ cursor: Cursor?) -> String? {
            cursor.map { "\(base)/v1/predictions?cursor=\($0.text)\(query.filters)" }
        }
        return Answer(body: Self.page(next: url(page.next), previous: url(page.previous), results: results))
    }

    private func account() -> Answer {
        var object = JSONObject()
        object.add("type", "user")
        object.add("username", "sandbox")
        object.add("name", "Local Sandbox")
        return Answer(body: object.text)
    }

    private func model(_ owner: String, _ name: String) throws(Problem) -> PublishedModel {
        guard let model = models.model(owner: owner, name: name) else { throw .notFound }
        return model
    }

    private func bytes(_ request: APIRequest) throws(Problem) -> [UInt8] {
        switch request.body {
        case .bytes(let bytes): return bytes
        case .tooLarge: throw .tooLarge
        case .broken: throw .badRequest("The request's body cannot be read.")
        }
    }

    private static func page(next: String?, previous: String?, results: JSONArray) -> [UInt8] {
        var object = JSONObject()
        object.add("previous", orNull: previous)
        object.add("next", orNull: next)
        object.add("results", raw: results.text)
        return object.text
    }

    /// `urls.web`: the same JSON for a browser, which has no token to send.
    private func webPage(_ path: String, _ base: String) async throws(Problem) -> Answer {
        guard let prediction = await store.prediction(String(path.dropFirst(3))) else { throw .notFound }
        return Answer(body: prediction.json(base: base))
    }

    static func hasToken(_ authorization: String?) -> Bool {
        let words = (authorization ?? "").split(separator: " ")
        return words.count == 2 && ["bearer", "token"].contains(words.first?.lowercased())
    }

    /// URLs lead back to where the request came to.
    private static func base(_ host: String?) throws(Problem) -> String {
        let others: Set = [
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"),
        ]
        guard let host, !host.isEmpty,
            host.utf8.allSatisfy({ isDigit($0) || isLetter($0) || others.contains($0) })
        else { throw .badRequest("The request has no Host header that can stand in a URL.") }
        return "http://\(host)"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
