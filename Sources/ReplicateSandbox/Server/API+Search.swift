// search and collections.*

extension API {
    private static let searchLimits = 1...50

    func search(_ call: Call) async throws(Problem) -> Answer {
        let query = try QueryItems(call.request.query, isForm: true)
        guard let text = query["query"], !text.allSatisfy(\.isWhitespace) else {
            throw .badSearch("The query parameter is required.")
        }
        var limit = 20
        if let given = query["limit"] {
            guard let number = Int(given), Self.searchLimits.contains(number) else {
                throw .badSearch("The limit parameter must be a number from 1 to 50.")
            }
            limit = number
        }
        let search = Search(text)
        var models = JSONArray()
        for found in search.models(await services.catalogue.publicModels()).prefix(limit) {
            models.add(raw: await result(found.item, found.score, call).text)
        }
        var collections = JSONArray()
        let known = ModelCollection.all
        for found in search.best(known, named: \.slug, { search.score([($0.name, 1), ($0.description, 0.6)]) }) {
            collections.add(raw: found.item.found.text)
        }
        var pages = JSONArray()
        for found in search.best(SitePage.all, named: \.href, { search.score([($0.name, 1), ($0.text, 0.5)]) }) {
            pages.add(raw: found.item.json.text)
        }
        var object = JSONObject()
        object.add("query", text)
        object.add("models", raw: models.text)
        object.add("collections", raw: collections.text)
        object.add("pages", raw: pages.text)
        return Answer(body: object.text)
    }

    private func result(_ record: ModelRecord, _ score: Double, _ call: Call) async -> JSONObject {
        var tags = JSONArray()
        for tag in record.tags { tags.add(raw: "\"\(tag)\"".utf8) }
        var metadata = JSONObject()
        metadata.add("generated_description", orNull: record.details.description)
        metadata.add("tags", raw: tags.text)
        metadata.add("score", score)
        var object = JSONObject()
        object.add("model", raw: await json(record, call))
        object.add("metadata", metadata)
        return object
    }

    func collections(_ call: Call) throws(Problem) -> Answer {
        let all = Array(ModelCollection.all.enumerated())
        let page = Listing(all, at: try call.query().cursor(), limit: Call.page) { $0.offset }
        var results = JSONArray()
        for collection in page.elements { results.add(raw: collection.element.item.text) }
        func url(_ cursor: Cursor?) -> String? { cursor.map { "\(call.base)/v1/collections?cursor=\($0.text)" } }
        return Call.page(next: url(page.next), previous: url(page.previous), results: results)
    }

    func collection(_ slug: String, _ call: Call) async throws(Problem) -> Answer {
        guard let collection = ModelCollection.all.first(where: { $0.slug == slug }) else { throw .notFound }
        var models = JSONArray()
        for name in collection.models { models.add(raw: await json(try await services.catalogue.model(name), call)) }
        return Answer(body: collection.json(models: models))
    }
}
