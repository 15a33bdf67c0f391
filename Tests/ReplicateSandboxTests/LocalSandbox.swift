// A sandbox without a network: its services run beside a test, which calls the operations one by one.

import Replicate
import Testing

@testable import ReplicateSandbox

struct LocalSandbox: Sendable {
    let services: Services
    static let base = "http://127.0.0.1:1"

    static func run(
        speed: Double = 1000, filesSecret: String? = nil, webhookAnswerSeconds: Double = 5,
        now: @escaping @Sendable () -> Timestamp = { PredictionStore.now() },
        report: @escaping @Sendable (String) -> Void = { _ in }, _ test: (LocalSandbox) async throws -> Void
    ) async throws {
        let services = try await Services(
            speed: speed, filesSecret: filesSecret, now: now, webhookAnswerSeconds: webhookAnswerSeconds, report: report)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await services.run() }
            group.addTask {
                while !Task.isCancelled {
                    await services.advance()
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            do {
                try await test(LocalSandbox(services: services))
            } catch {
                await services.close()
                group.cancelAll()
                throw error
            }
            await services.close()
            group.cancelAll()
        }
    }

    func call(
        _ method: String, _ target: String, _ body: String = "", type: String? = nil, token: String? = "Bearer t",
        prefer: String? = nil, range: String? = nil, ifRange: String? = nil, ifNoneMatch: String? = nil
    ) async -> Reply {
        await call(
            method, target, bytes: Array(body.utf8), type: type, token: token, prefer: prefer, range: range,
            ifRange: ifRange, ifNoneMatch: ifNoneMatch)
    }

    func call(
        _ method: String, _ target: String, bytes: [UInt8], type: String? = nil, token: String? = "Bearer t",
        prefer: String? = nil, range: String? = nil, ifRange: String? = nil, ifNoneMatch: String? = nil
    ) async -> Reply {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = APIRequest(
            method: method, path: parts.first ?? "", query: parts.count == 2 ? parts.last ?? "" : "",
            authorization: token,
            host: "127.0.0.1:1", prefer: prefer, range: range, ifRange: ifRange, ifNoneMatch: ifNoneMatch,
            contentType: type, body: .bytes(bytes))
        return Reply(answer: await API(services: services).answer(request))
    }

    /// Creates what the body says and returns its id.
    func create(_ target: String, _ body: String, type: String? = nil, prefer: String? = nil) async throws -> String {
        let reply = await call("POST", target, body, type: type, prefer: prefer)
        #expect(reply.status == 201, "\(reply.text)")
        return try #require(reply["id"]?.string)
    }

    /// The path of an uploaded file.
    func upload(_ content: [UInt8], type: String = "image/png", name: String = "a.png") async throws -> String {
        let head = """
            --B\r\nContent-Disposition: form-data; name=content; filename="\(name)"\r\nContent-Type: \(type)\r\n\r\n
            """
        let body = Array(head.utf8) + content + Array("\r\n--B--\r\n".utf8)
        let reply = await call("POST", "/v1/files", bytes: body, type: "multipart/form-data; boundary=B")
        #expect(reply.status == 201, "\(reply.text)")
        return "/v1/files/\(try #require(reply["id"]?.string))"
    }

    /// What has become of a prediction of a model of this owner's.
    func run(_ model: String, _ input: String) async throws -> Reply {
        let id = try await create("/v1/models/sandbox/\(model)/predictions", #"{"input":\#(input)}"#)
        _ = await services.predictions.ended(id)
        return await call("GET", "/v1/predictions/\(id)")
    }

    /// The path of the file whose URL stands in a reply.
    func path(_ pointer: String, of reply: Reply) throws -> String {
        let url = try #require(reply[pointer: pointer]?.string, "\(reply.text)")
        #expect(url.hasPrefix(Self.base))
        return String(url.dropFirst(Self.base.count))
    }

    /// The latest version's id.
    func version(of model: String) async throws -> String {
        try #require(await call("GET", "/v1/models/\(model)")[pointer: "/latest_version/id"]?.string)
    }
}

struct Reply: Sendable {
    let answer: Answer

    var status: Int { answer.status }
    var bytes: [UInt8] { answer.file.map { Array($0.content.part($0.range)) } ?? answer.body }
    var text: String { String(decoding: bytes.prefix(2000), as: UTF8.self) }
    var json: JSON? { try? JSON(validating: bytes) }

    subscript(name: String) -> JSON? { json?[name] }
    subscript(pointer pointer: String) -> JSON? { json?[pointer: pointer] }

    func header(_ name: String) -> String? { answer.headers.first { $0.name == name }?.value }

    /// What stands under a name in each of a page's results.
    func results(_ name: String) -> [String] { (self["results"]?.elements ?? []).compactMap { $0[name]?.string } }

    /// The path and query that `next` or `previous` leads to.
    func link(_ name: String) -> String? { self[name]?.string.map { String($0.dropFirst(LocalSandbox.base.count)) } }
}
