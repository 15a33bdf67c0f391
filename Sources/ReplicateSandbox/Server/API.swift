// The operations: from a request that has been read to its answer.

struct API: Sendable {
    let services: Services

    func answer(_ request: APIRequest) async -> Answer {
        do throws(Problem) {
            let base = try Self.base(request.host)
            if let page = try await page(request, base) { return page }
            if let key = StreamPath.key(request.path) { return try await stream(key, request, base) }
            let isKnown = Self.hasToken(request.authorization)
            let route: Route
            do throws(Problem) {
                route = try Route.find(method: request.method, path: request.path)
            } catch {
                throw isKnown ? error : .unauthenticated
            }
            guard isKnown || route.isOpen else { throw .unauthenticated }
            return try await perform(route, Call(request: request, base: base))
        } catch {
            return error.answer
        }
    }

    private func perform(_ route: Route, _ call: Call) async throws(Problem) -> Answer {
        switch route {
        case .account: Answer(body: Account.json.text)
        case .hardware: Answer(body: Hardware.json)
        case .webhookSecret: webhookSecret()
        case .search: try await search(call)
        case .collections: try collections(call)
        case .collection(let slug): try await collection(slug, call)
        case .listPredictions: try await listPredictions(call)
        case .createPrediction: try await createPrediction(call)
        case .prediction(let id): Answer(body: try await services.prediction(id).json(base: call.base))
        case .cancelPrediction(let id): try await cancelPrediction(id, call)
        case .models: try await listModels(call)
        case .createModel: try await createModel(call)
        case .searchModels: try await searchModels(call)
        case .model(let name): try await model(name, call)
        case .updateModel(let name): try await updateModel(name, call)
        case .deleteModel(let name): try await deleteModel(name)
        case .examples(let name): try await examples(name, call)
        case .readme(let name): try await readme(name)
        case .createModelPrediction(let name): try await createPrediction(model: name, call)
        case .versions(let name): try await versions(name, call)
        case .version(let name, let id): Answer(body: try await services.catalogue.version(name, id: id).json.text)
        case .deleteVersion(let name, let id): try await deleteVersion(name, id)
        case .createTraining(let name, let version): try await createTraining(name, version, call)
        case .trainings: try await listTrainings(call)
        case .training(let id): try await training(id, call)
        case .cancelTraining(let id): try await cancelTraining(id, call)
        case .deployments: try await listDeployments(call)
        case .createDeployment: try await createDeployment(call)
        case .deployment(let name): Answer(body: try await services.catalogue.deployment(name).json.text)
        case .updateDeployment(let name): try await updateDeployment(name, call)
        case .deleteDeployment(let name): try await deleteDeployment(name)
        case .createDeploymentPrediction(let name): try await createPrediction(deployment: name, call)
        case .files: try await listFiles(call)
        case .createFile: try await createFile(call)
        case .file(let id): Answer(body: try await services.files.file(id).json(base: call.base).text)
        case .deleteFile(let id): try await deleteFile(id)
        case .downloadFile(let id): try await downloadFile(id, call)
        }
    }

    private func webhookSecret() -> Answer {
        var object = JSONObject()
        object.add("key", services.secrets.webhooks)
        return Answer(body: object.text)
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
