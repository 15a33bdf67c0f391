// A client's `stream` on a scripted network: the create, the connections of the stream, and what follows them.

import Testing

@testable import Replicate

struct StreamScript {
    typealias Step = ScriptedNetwork.Step

    static let url = "https://stream.example.com/s1"
    static let predictionURL = "https://api.replicate.com/v1/predictions/p1"
    static let created = predictionText("starting")
    static let type: [(name: String, value: String)] = [("content-type", "text/event-stream; charset=utf-8")]

    let network: ScriptedNetwork
    let events = Recorder<StreamEvent>()

    /// `final` answers the GET after the stream; nil: there must be none.
    init(
        _ connections: [Step], created: String = created, final: Step? = .json(200, predictionText("succeeded")),
        more: [Step] = [],
        cancelingSleep: Int? = nil
    ) {
        network = ScriptedNetwork(
            [.json(201, created)] + connections + (final.map { [$0] } ?? []) + more, cancelingSleep: cancelingSleep)
    }

    static func predictionText(_ status: String, _ more: String = "", stream: String = url) -> String {
        prediction(status, ",\"urls\":{\"stream\":\"\(stream)\"}" + more)
    }

    static func failure(_ reason: TransportFailure.Reason) -> TransportFailure {
        TransportFailure(reason: reason, phase: .receiving, requestTouched: true, message: "scripted")
    }

    /// Words such as "1:a" (an id and a text), "a" (a text alone), "done".
    static func text(_ words: String) -> String {
        words.split(separator: " ").map { word in
            if word == "done" { return "event: done\ndata: {}\n\n" }
            let parts = word.split(separator: ":")
            return parts.count == 2 ? "id: \(parts[0])\ndata: \(parts[1])\n\n" : "data: \(word)\n\n"
        }.joined()
    }

    static func words(_ words: String, breaks: TransportFailure? = nil) -> Step { raw([text(words)], breaks: breaks) }

    static func raw(_ chunks: [String], breaks: TransportFailure? = nil) -> Step {
        .stream(200, chunks.filter { !$0.isEmpty }, type, breaks: breaks)
    }

    /// In a task of its own, so that canceling it does not cancel the test. Whatever comes of it, the script is used up
    /// and no stream is left open.
    func result(_ options: KeyValuePairs<String, String?> = [:], deliver: Deliver? = nil) async -> Result<JSON, any Error> {
        let result = await Task {
            try await Client(network).stream(
                .version("v"), promptInput(), Options(options), deliver: deliver ?? { $0.events.forEach(events.add) })
        }.result
        #expect(await network.openStreams == 0)
        #expect(await network.stepsLeft == 0)
        return result
    }

    func run(_ options: KeyValuePairs<String, String?> = [:], deliver: Deliver? = nil) async throws -> JSON {
        try await result(options, deliver: deliver).get()
    }

    func error(_ options: KeyValuePairs<String, String?> = [:], deliver: Deliver? = nil) async throws -> ReplicateError {
        let result = await result(options, deliver: deliver)
        return try #require(throws: ReplicateError.self) { _ = try result.get() }
    }

    var delivered: String {
        events.values.map { String(decoding: $0.event == Array("done".utf8) ? $0.event : $0.data, as: UTF8.self) }
            .joined(separator: " ")
    }

    /// "GET s1" for each request: its method, and the end of its URL.
    var requests: [String] {
        get async {
            await network.sent.map { "\($0.request.method.rawValue) \($0.request.url.split(separator: "/").last ?? "")" }
        }
    }

    var connections: [HTTPRequest] { get async { await network.sent.map(\.request).filter { $0.url == Self.url } } }
}
