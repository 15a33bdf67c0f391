// Every operation once, in an order in which each finds what it needs: its status, and the members of its answer.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct OperationTests {
    private struct Step {
        var operation: String
        var method: String
        var target: String
        var body = ""
        var type: String?
        var status = 200
        /// Nil where the answer has no body, or none that is JSON.
        var shape: Shape?
    }

    private static let multipart = "multipart/form-data; boundary=B"
    private static let upload = """
        --B\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\n\
        Content-Type: text/plain\r\n\r\nhello\r\n--B--\r\n
        """

    @Test func everyOperationAnswersAsDescribed() async throws {
        try await LocalSandbox.run { sandbox in
            var seen: Set<String> = []
            func take(_ step: Step) async -> Reply {
                let reply = await sandbox.call(step.method, step.target, step.body, type: step.type)
                #expect(reply.status == step.status, "\(step.operation): \(reply.text)")
                if let shape = step.shape { #expect(shape.faults(of: reply.json) == [], "\(step.operation)") }
                seen.insert(step.operation)
                return reply
            }
            for step in Self.readings { _ = await take(step) }
            let model = "/v1/models/sandbox/mine"
            let creation = #"{"owner":"sandbox","name":"mine","visibility":"private","hardware":"cpu"}"#
            _ = await take(
                Step(
                    operation: "models.create", method: "POST", target: "/v1/models", body: creation, status: 201,
                    shape: .model))
            _ = await take(
                Step(
                    operation: "models.update", method: "PATCH", target: model, body: ##"{"readme":"# Mine"}"##,
                    shape: .model))
            let version = try await train(sandbox, take)
            for step in Self.work(version) { _ = await take(step) }
            let prediction = try await sandbox.create("/v1/predictions", #"{"version":"sandbox/slow","input":{}}"#)
            for step in [
                Step(
                    operation: "predictions.get", method: "GET", target: "/v1/predictions/\(prediction)",
                    shape: .prediction),
                Step(
                    operation: "predictions.cancel", method: "POST", target: "/v1/predictions/\(prediction)/cancel",
                    shape: .prediction),
                Step(
                    operation: "predictions.list", method: "GET", target: "/v1/predictions", shape: .page(.prediction)),
                Step(
                    operation: "models.versions.delete", method: "DELETE", target: "\(model)/versions/\(version)",
                    status: 202),
                Step(operation: "models.delete", method: "DELETE", target: model, status: 204),
            ] { _ = await take(step) }
            try await files(sandbox, take)
            #expect(seen.count == 37)
        }
    }

    @Test func everyOperationOfTheCoreIsServed() {
        #expect(Operation.all.filter { !OperationList.isServed($0) }.map(\.name) == [])
        let lines = OperationList.text.split(separator: "\n")
        #expect(lines.count == Operation.all.count)
        #expect(lines.contains("models.versions.get\tGET\t/models/{owner}/{name}/versions/{version}"))
        #expect(lines.contains("search\tGET\t/search?query={query}"))
    }

    private static let readings: [Step] = {
        let hello = "/v1/models/replicate/hello-world"
        let version = "\(hello)/versions/5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"
        func get(_ operation: String, _ path: String, _ shape: Shape?) -> Step {
            Step(operation: operation, method: "GET", target: path, shape: shape)
        }
        return [
            get("account.get", "/v1/account", .account),
            get("hardware.list", "/v1/hardware", .list(.object([.has("name", .text), .has("sku", .text)]))),
            get("collections.list", "/v1/collections", .page(.collectionItem)),
            get("collections.get", "/v1/collections/text-to-image", .collection),
            get("search", "/v1/search?query=image", .search),
            get("webhooks.default.secret.get", "/v1/webhooks/default/secret", .object([.has("key", .text)])),
            get("models.list", "/v1/models", .page(.model)),
            Step(
                operation: "models.search", method: "QUERY", target: "/v1/models", body: "hello", shape: .page(.model)),
            get("models.get", hello, .model),
            get("models.examples.list", "\(hello)/examples", .page(.prediction)),
            get("models.readme.get", "\(hello)/readme", nil),
            get("models.versions.list", "\(hello)/versions", .page(.version)),
            get("models.versions.get", version, .version),
            get("deployments.list", "/v1/deployments", .page(.deployment)),
            get("deployments.get", "/v1/deployments/sandbox/hello-world", .deployment),
            get("trainings.list", "/v1/trainings", .page(.training)),
        ]
    }()

    /// Deployments and predictions of a version of sandbox/mine.
    private static func work(_ version: String) -> [Step] {
        let deployment = """
            {"name":"mine","model":"sandbox/mine","version":"\(version)","hardware":"cpu","min_instances":0,\
            "max_instances":1}
            """
        let input = #"{"input":{"prompt":"one"}}"#
        return [
            Step(
                operation: "deployments.create", method: "POST", target: "/v1/deployments", body: deployment,
                shape: .deployment),
            Step(
                operation: "deployments.update", method: "PATCH", target: "/v1/deployments/sandbox/mine",
                body: #"{"max_instances":2}"#, shape: .deployment),
            Step(
                operation: "deployments.delete", method: "DELETE", target: "/v1/deployments/sandbox/mine", status: 204),
            Step(
                operation: "deployments.predictions.create", method: "POST",
                target: "/v1/deployments/sandbox/hello-world/predictions", body: #"{"input":{"text":"x"}}"#,
                status: 201,
                shape: .prediction),
            Step(
                operation: "models.predictions.create", method: "POST", target: "/v1/models/sandbox/mine/predictions",
                body: input, status: 201, shape: .prediction),
            Step(
                operation: "predictions.create", method: "POST", target: "/v1/predictions",
                body: #"{"version":"sandbox/echo","input":{}}"#, status: 201, shape: .prediction),
        ]
    }

    /// Returns the version that comes out.
    private func train(_ sandbox: LocalSandbox, _ take: (Step) async -> Reply) async throws -> String {
        let base = try await sandbox.version(of: "sandbox/trainable")
        let creation = Step(
            operation: "trainings.create", method: "POST",
            target: "/v1/models/sandbox/trainable/versions/\(base)/trainings",
            body: #"{"destination":"sandbox/mine","input":{"text":"one two"}}"#, status: 201, shape: .training)
        let id = try #require(await take(creation)["id"]?.string)
        _ = await sandbox.services.trainings.ended(id)
        let reply = await take(
            Step(operation: "trainings.get", method: "GET", target: "/v1/trainings/\(id)", shape: .training))
        #expect(reply["status"]?.string == "succeeded")
        _ = await take(
            Step(operation: "trainings.cancel", method: "POST", target: "/v1/trainings/\(id)/cancel", shape: .training))
        let output = try #require(reply[pointer: "/output/version"]?.string)
        return String(output.split(separator: ":").last ?? "")
    }

    private func files(_ sandbox: LocalSandbox, _ take: (Step) async -> Reply) async throws {
        let creation = Step(
            operation: "files.create", method: "POST", target: "/v1/files", body: Self.upload, type: Self.multipart,
            status: 201, shape: .file)
        let id = try #require(await take(creation)["id"]?.string)
        let signature = DownloadLink.signature(
            owner: "sandbox", file: id, expiry: 9_999_999_999, secret: sandbox.services.secrets.files)
        let query = "owner=sandbox&expiry=9999999999&signature=\(percentEncoded(signature))"
        for step in [
            Step(operation: "files.list", method: "GET", target: "/v1/files", shape: .page(.file)),
            Step(operation: "files.get", method: "GET", target: "/v1/files/\(id)", shape: .file),
            Step(operation: "files.download", method: "GET", target: "/v1/files/\(id)/download?\(query)"),
            Step(operation: "files.delete", method: "DELETE", target: "/v1/files/\(id)", status: 204),
        ] { _ = await take(step) }
    }
}
