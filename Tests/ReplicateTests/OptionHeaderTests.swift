// The options header.NAME and param.NAME: what they take and refuse, whose they are, and how headers reach a request.

import Testing

@testable import Replicate

struct OptionHeaderTests {
    @Test(arguments: [
        "authorization", "Authorization", "accept-encoding", "HOST", "content-length", "Transfer-Encoding", "connection",
        "Expect", "TE",
        "trailer", "upgrade",
    ])
    func ownHeadersAreRefused(_ name: String) throws {
        for value in ["x", nil] {
            let error = try #require(throws: ReplicateError.self) { _ = try Options(["header.\(name)": value]) }
            #expect(error.kind == .invalidInput)
            #expect(error.message == "the header \(name) is not for callers to set")
        }
    }

    @Test(arguments: ["", " ", "X A", "X:", "X\r\nY", "X\n", "X\0", "ü", "X/Y", "(x)", "\u{7F}", "X;", "host "])
    func namesThatNoHeaderHasAreRefused(_ name: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try Options(["header.\(name)": "1"]) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasSuffix("cannot be the name of a header"))
        #expect(!error.message.contains { $0.isNewline })
    }

    @Test(arguments: ["", " ", "\t ", "a\rb", "a\nb", "a\r\nX: 1", "a\0b", "\u{1B}", "\u{7F}"])
    func valuesThatNoHeaderHasAreRefusedAndTheOldOneStays(_ value: String) throws {
        var options = try Options(["header.X-Trace": "old"])
        let error = try #require(throws: ReplicateError.self) { try options.set("header.x-trace", value) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.contains("x-trace"))
        #expect(options.headers.map(\.name) == ["X-Trace"])
        #expect(options.headers.map(\.value) == ["old"])
    }

    @Test func headersReplaceEachOtherWhateverTheirCase() throws {
        var options = try Options(["header.X-A": "1", "header.!#$%&'*+-.^_`|~": "ü\t2", "header.x-a": "3"])
        #expect(options.headers.map(\.name) == ["!#$%&'*+-.^_`|~", "x-a"])
        #expect(options.headers.map(\.value) == ["ü\t2", "3"])
        try options.set("header.X-a", nil)
        #expect(options.headers.count == 1)
    }

    @Test func parametersReplaceEachOtherAndMayBeEmpty() throws {
        var options = try Options(["param.b": "1", "param.a": "", "param.B": "x\n", "param.b": "2"])
        #expect(options.parameters.map(\.name) == ["a", "B", "b"])
        #expect(options.parameters.map(\.value) == ["", "x\n", "2"])
        try options.set("param.a", nil)
        #expect(options.parameters.map(\.name) == ["B", "b"])
        let error = try #require(throws: ReplicateError.self) { try options.set("param.", "1") }
        #expect(error.kind == .invalidInput)
    }

    @Test(arguments: ["header", "headers.X", "Header.X", "param", "Param.x", "params.x"])
    func whatLooksAlikeIsUnknown(_ name: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try Options([name: "1"]) }
        #expect(error.message.hasPrefix("unknown option"))
        #expect(error.message.hasSuffix("header.NAME, param.NAME"))
    }

    @Test func headersAreOfBothAndParametersOfACall() throws {
        let headers = try Options(["header.X": "1"])
        let parameters = try Options(["param.limit": "1"])
        for forCall in [true, false] { #expect(throws: Never.self) { try headers.check(forCall: forCall) } }
        #expect(throws: Never.self) { try parameters.check(forCall: true) }
        let error = try #require(throws: ReplicateError.self) { try parameters.check(forCall: false) }
        #expect(error.kind == .invalidInput)
        #expect(error.message == "param.limit is an option of a call, not of a client")
    }

    @Test func headersOfClientAndCallAreMergedAndTheCallWins() async throws {
        let network = ScriptedNetwork([], rest: .json(200, "{}"))
        let client = try Client(network, ["header.X-A": "client", "header.X-B": "client", "header.user-agent": "mine"])
        let options = try Options(["header.x-a": "call", "header.X-C": "call", "header.ACCEPT": "text/x"])
        _ = try await client.call(.modelsGet, ["a", "b"], options)
        _ = try await client.call(.modelsGet, ["a", "b"], Options())
        let sent = await network.sent.map(\.request)
        func values(_ request: HTTPRequest, _ name: String) -> [String] {
            request.headers.filter { $0.name.lowercased() == name }.map(\.value)
        }
        for (name, first, second) in [
            ("x-a", ["call"], ["client"]), ("x-b", ["client"], ["client"]), ("x-c", ["call"], []),
            ("accept", ["text/x"], ["application/json"]), ("user-agent", ["mine"], ["mine"]),
            ("authorization", ["Bearer \(Client.testToken)"], ["Bearer \(Client.testToken)"]),
        ] {
            #expect(values(try #require(sent.first), name) == first)
            #expect(values(try #require(sent.last), name) == second)
        }
    }

    @Test func headersGoWithEveryRequestOfARun() async throws {
        let network = ScriptedNetwork([
            .json(201, prediction("starting")), .json(500, ""), .json(200, prediction("succeeded", ",\"output\":1")),
        ])
        let options = try Options(["header.X-Trace": "t1"])
        _ = try await Client(network).run(.version("v"), promptInput(), options) { _ in }
        let sent = await network.sent
        #expect(sent.count == 3)
        for each in sent { #expect(each.request.header("X-Trace") == "t1") }
    }
}
