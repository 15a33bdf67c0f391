// A fetch on a scripted network, and what became of it. However it ends, no stream is left open.

import Testing

@testable import Replicate

struct FetchRun {
    static let url = "https://api.replicate.com/v1/files/f/download?owner=o&expiry=1&signature=s"

    let result: Result<Download, ReplicateError>
    let sent: [ScriptedNetwork.Sent]
    let sleeps: [Duration]
    let updates: [String]

    init(
        _ steps: [ScriptedNetwork.Step], rest: ScriptedNetwork.Step? = nil, to path: String? = nil,
        _ options: KeyValuePairs<String, String?> = [:], client settings: KeyValuePairs<String, String?> = [:],
        cancelingSleep: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let network = ScriptedNetwork(steps, rest: rest, cancelingSleep: cancelingSleep)
        let client = try Client(network, settings)
        let updates = Recorder<JSON>()
        let options = try Options(options)
        let task = Task { () -> Result<Download, ReplicateError> in
            do throws(ReplicateError) {
                return .success(
                    try await client.downloadFile(["f", "o", "1", "s"], to: path, options) { updates.add($0) })
            } catch {
                return .failure(error)
            }
        }
        result = await task.value
        sent = await network.sent
        sleeps = await network.sleeps
        self.updates = updates.values.map(\.rawText)
        #expect(await network.openStreams == 0, "a stream was left open", sourceLocation: sourceLocation)
        #expect(await network.stepsLeft == 0, "the script was not used up", sourceLocation: sourceLocation)
    }

    var text: String? { (try? result.get())?.bytes.map { String(decoding: $0, as: UTF8.self) } }
    var error: ReplicateError? { if case .failure(let error) = result { error } else { nil } }
    var urls: [String] { sent.map(\.request.url) }
    /// Of each request.
    func headers(_ name: String) -> [String?] { sent.map { $0.request.header(name) } }
}

extension ScriptedNetwork.Step {
    static func redirect(_ location: String?, _ status: Int = 302) -> Self {
        .stream(status, ["moved"], location.map { [("Location", $0)] } ?? [])
    }
}
