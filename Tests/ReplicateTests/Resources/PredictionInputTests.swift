// What goes into the body of a create, byte for byte.

import Testing

@testable import Replicate

struct PredictionInputTests {
    private func input(_ text: String) throws -> PredictionInput { try PredictionInput(JSON(validating: text)) }

    @Test(arguments: [
        "{}", "{\"seed\":12345678901234567,\"scale\":1.0}", "{\"a\": \"\\u00e9\", \"a\":2}", "{ \"deep\":[[{}]] }",
    ])
    func inputIsHandedOnAsItIs(_ text: String) throws {
        #expect(String(decoding: try input(" \(text)\n").body(), as: UTF8.self) == "{\"input\":\(text)}")
    }

    @Test(arguments: ["[]", "\"x\"", "1", "null", "true"])
    func inputMustBeAnObject(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) { _ = try input(text) }
        #expect(error.kind == .invalidInput)
    }

    @Test func extraComesFirstThenInputThenFieldsInOrder() throws {
        var input = try input("{\"p\":1}")
        try input.set("webhook", JSON(validating: "\"https://x.example/h\""))
        try input.set("b", JSON(validating: "1.0"))
        try input.set("a\"", JSON(validating: "[ ]"))
        try input.set("webhook", JSON(validating: "\"https://y.example/h\""))
        let body = String(decoding: input.body([("version", "v\"1")]), as: UTF8.self)
        #expect(body == #"{"version":"v\"1","input":{"p":1},"b":1.0,"a\"":[ ],"webhook":"https://y.example/h"}"#)
        #expect(throws: Never.self) { _ = try JSON(validating: body) }
    }

    @Test func aFieldCannotReplaceTheVersionOfTheCall() throws {
        var input = try input("{}")
        try input.set("version", JSON(validating: "\"other\""))
        #expect(String(decoding: input.body([("version", "mine")]), as: UTF8.self) == #"{"version":"mine","input":{}}"#)
    }

    @Test(arguments: ["", "input"])
    func namesThatAreTakenAreRefused(_ name: String) throws {
        var input = try input("{}")
        let error = try #require(throws: ReplicateError.self) { try input.set(name, JSON(validating: "1")) }
        #expect(error.kind == .invalidInput)
    }

    @Test(arguments: [
        ("webhook", "\"https://x.example\"", true), ("webhook", "\"http://x\"", true),
        ("webhook", "\"https://\"", false),
        ("webhook", "\"ftp://x\"", false), ("webhook", "\"x.example\"", false), ("webhook", "\"\"", false),
        ("webhook", "1", false),
        ("webhook", "null", false), ("webhook", "\"https://x y\"", false), ("webhook", "\"https://x\\n\"", false),
        ("webhook", "\"HTTPS://X.example:8443/a?b=c\"", true), ("webhook", "\"https:///p\"", false),
        ("webhook", "\"https://#\"", false), ("webhook", "\"https://?\"", false), ("webhook", "\"https://:80\"", false),
        ("webhook", "\"https://[bad\"", false),
        ("webhook_events_filter", "[]", true),
        ("webhook_events_filter", "[\"start\",\"output\",\"logs\",\"completed\"]", true),
        ("webhook_events_filter", "[\"started\"]", false), ("webhook_events_filter", "[1]", false),
        ("webhook_events_filter", "\"start\"", false), ("webhook_events_filter", "{}", false),
    ])
    func webhookFieldsAreChecked(_ name: String, _ value: String, _ fits: Bool) throws {
        var input = try input("{}")
        if fits {
            #expect(throws: Never.self) { try input.set(name, JSON(validating: value)) }
        } else {
            let error = try #require(throws: ReplicateError.self) { try input.set(name, JSON(validating: value)) }
            #expect(error.kind == .invalidInput)
            #expect(error.message.hasPrefix(name))
        }
    }
}
