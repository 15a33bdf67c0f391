// What is served beside the API, to whoever asks: output files, and pages for a browser, which has no token to send.

extension API {
    /// Nil where the path is the API's.
    func page(_ request: APIRequest, _ base: String) async throws(Problem) -> Answer? {
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard path.first != "v1" else { return nil }
        guard ["GET", "HEAD"].contains(request.method) else { throw .notFound }
        let rest = path.dropFirst().map(String.init)
        switch (path.first, rest.count, rest.first, rest.last) {
        case ("p", 1, let id?, _): return try await webPage(id, base)
        case ("outputs", 2, let id?, let name?): return try await output(id, name, request)
        default:
            guard let page = SitePage.all.first(where: { $0.href == request.path }) else { throw .notFound }
            return Answer(type: "text/plain; charset=utf-8", body: Array(page.text.utf8))
        }
    }

    /// `urls.web`: the same JSON.
    private func webPage(_ id: String, _ base: String) async throws(Problem) -> Answer {
        if let training = await services.trainings.prediction(id) {
            return Answer(body: training.trainingJSON(base: base))
        }
        return Answer(body: try await services.prediction(id).json(base: base))
    }

    private func output(_ id: String, _ name: String, _ request: APIRequest) async throws(Problem) -> Answer {
        for store in [services.predictions, services.examples, services.trainings] {
            if let file = await store.prediction(id)?.file(named: name) {
                return Delivery.answer(file.content, type: file.type, etag: file.etag, to: request)
            }
        }
        throw .notFound
    }
}
