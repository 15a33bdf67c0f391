// files.*

extension API {
    func createFile(_ call: Call) async throws(Problem) -> Answer {
        if case .tooLarge = call.request.body { throw .fileTooLarge(limit: services.files.limit) }
        let form = try Multipart(call.body(), contentType: call.request.contentType)
        let upload = try await Upload(form, limit: services.files.limit)
        return Answer(201, body: await services.files.create(upload).json(base: call.base).text)
    }

    func listFiles(_ call: Call) async throws(Problem) -> Answer {
        let page = await services.files.page(try call.query().cursor(), limit: Call.page)
        return await call.answer(page) { $0.json(base: call.base).text }
    }

    func deleteFile(_ id: String) async throws(Problem) -> Answer {
        try await services.files.delete(id)
        return .deleted
    }

    func downloadFile(_ id: String, _ call: Call) async throws(Problem) -> Answer {
        let link = try DownloadLink.parse(call.query())
        try link.check(file: id, secret: services.secrets.files, at: services.files.now())
        let file = try await services.files.file(id)
        return Delivery.answer(file.upload.content, type: "application/octet-stream", etag: file.etag, to: call.request)
    }
}
