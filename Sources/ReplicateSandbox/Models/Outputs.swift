// sandbox/outputs: one fixed output of every kind that JSON has, for checking how a client decodes them.

import Replicate

struct Outputs: Model {
    let owner = "sandbox"
    let name = "outputs"
    let summary = "Returns a fixed value of the kind that is asked for."
    let inputSchema = """
        {"type":"object","title":"Input","required":["kind"],"additionalProperties":false,"properties":{\
        "kind":{"type":"string","title":"Kind","x-order":0,"description":"The kind of the output",\
        "enum":["string","number","integer","boolean","array","object","null"]}}}
        """
    let outputSchema = #"{"title":"Output","nullable":true}"#
    let exampleInput = #"{"kind":"object"}"#
    let tags = ["testing"]

    private static let values = [
        "string": #""Grüße aus dem Sandkasten, 你好, 🦊\n\"quoted\" \\ tab\t""#,
        "number": "0.1",
        "integer": "12345678901234567",
        "boolean": "true",
        "array": #"["one",2,3.0,true,null,[],{}]"#,
        "object": #"{"seed":12345678901234567,"float":1.0,"text":"ünïcödé","nothing":null,"list":[1,2],"empty":{}}"#,
        "null": "null",
    ]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let kind = input["kind"]?.string ?? ""
        try await run.log("replicate-sandbox: returning a value of the kind \(kind)")
        guard let value = Self.values[kind] else { throw ModelFailure(message: "there is no output of kind \(kind)") }
        return .json(Array(value.utf8))
    }
}
