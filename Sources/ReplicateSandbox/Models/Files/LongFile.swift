// sandbox/bytes: a file of any length, made while it is sent, for trying downloads.

import Replicate

struct LongFile: Model {
    let owner = "sandbox"
    let name = "bytes"
    let summary = "Returns a file of a given length, which is made while it is sent."
    let inputSchema = """
        {"type":"object","title":"Input","additionalProperties":false,"properties":{\
        "size":{"type":"integer","title":"Size","x-order":0,"default":1024,"minimum":0,"maximum":1073741824,\
        "description":"In bytes. Each 16 of them are a line: its offset in 15 hexadecimal digits, and a line feed"}}}
        """
    let outputSchema = #"{"type":"string","title":"Output","format":"uri"}"#
    let exampleInput = #"{"size":64}"#
    let tags = ["testing"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let size = input.integer("size") ?? 1024
        try await run.log("replicate-sandbox: a file of \(size) bytes")
        return .file(OutputFile(name: "out-0.bin", type: "application/octet-stream", lines: size))
    }
}
