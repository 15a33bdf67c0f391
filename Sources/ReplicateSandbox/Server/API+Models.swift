// models.*

extension API {
    func listModels(_ call: Call) async throws(Problem) -> Answer {
        let query = try call.query()
        if let search = query["cursor"].flatMap({ SearchCursor($0) }) { return await found(search, call) }
        let sort = try query.choice("sort_by", of: ["model_created_at", "latest_version_created_at"])
        let direction = try query.choice("sort_direction", of: ["asc", "desc"])
        func rank(_ record: ModelRecord) -> Int {
            record.rank(byCreation: sort == "model_created_at", isAscending: direction == "asc")
        }
        let models = await services.catalogue.publicModels().sorted { rank($0) < rank($1) }
        let page = Listing(models, at: try query.cursor(), limit: Call.page, rank: rank)
        let filters = [sort.map { "&sort_by=\($0)" }, direction.map { "&sort_direction=\($0)" }].compactMap(\.self)
        return await call.answer(page, filters: filters.joined()) { await json($0, call) }
    }

    /// The body is the text that is searched for, as it is.
    func searchModels(_ call: Call) async throws(Problem) -> Answer {
        guard let text = String(validating: try call.body(), as: UTF8.self) else {
            throw .badRequest("The request's body is not UTF-8.")
        }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw .badRequest("The request's body must be the text to search for.")
        }
        return await found(SearchCursor(text: text, offset: 0), call)
    }

    private func found(_ cursor: SearchCursor, _ call: Call) async -> Answer {
        let all = await Search(cursor.text).models(services.catalogue.publicModels())
        var results = JSONArray()
        for found in all.dropFirst(cursor.offset).prefix(Call.page) { results.add(raw: await json(found.item, call)) }
        func url(_ offset: Int?) -> String? {
            offset.map { "\(call.base)/v1/models?cursor=\(SearchCursor(text: cursor.text, offset: $0).encoded)" }
        }
        let next = cursor.offset + Call.page
        return Call.page(
            next: url(next < all.count ? next : nil),
            previous: url(cursor.offset > 0 ? max(cursor.offset - Call.page, 0) : nil), results: results)
    }

    func createModel(_ call: Call) async throws(Problem) -> Answer {
        let record = try await services.catalogue.create(.parse(call.body()))
        return Answer(201, body: await json(record, call))
    }

    func model(_ name: FullName, _ call: Call) async throws(Problem) -> Answer {
        Answer(body: await json(try await services.catalogue.model(name), call))
    }

    func updateModel(_ name: FullName, _ call: Call) async throws(Problem) -> Answer {
        Answer(body: await json(try await services.catalogue.update(name, .parse(call.body())), call))
    }

    func deleteModel(_ name: FullName) async throws(Problem) -> Answer {
        try await services.catalogue.delete(name)
        return .deleted
    }

    func examples(_ name: FullName, _ call: Call) async throws(Problem) -> Answer {
        _ = try await services.catalogue.model(name)
        let example = await services.example(of: name)
        let page = Listing(example.map { [$0] } ?? [], at: try call.query().cursor(), limit: Call.page) { _ in 0 }
        return await call.answer(page) { $0.json(base: call.base) }
    }

    func readme(_ name: FullName) async throws(Problem) -> Answer {
        guard let text = try await services.catalogue.model(name).details.readme else { throw .notFound }
        return Answer(type: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    func versions(_ name: FullName, _ call: Call) async throws(Problem) -> Answer {
        let versions = try await services.catalogue.model(name).versions
        let page = Listing(versions, at: try call.query().cursor(), limit: Call.page) {
            Int(-$0.createdAt.microseconds)
        }
        return await call.answer(page) { $0.json.text }
    }

    func deleteVersion(_ name: FullName, _ id: String) async throws(Problem) -> Answer {
        try await services.catalogue.deleteVersion(name, id: id)
        await services.predictions.remove(version: id)
        return .accepted
    }

    func json(_ record: ModelRecord, _ call: Call) async -> [UInt8] {
        let runs = await services.predictions.runCount(of: record.name.text)
        return record.json(base: call.base, runs: runs, example: await services.example(of: record.name)).text
    }
}
