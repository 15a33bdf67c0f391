// sandbox/echo: gives back its input to the byte, for checking what a client sends.

import Replicate

struct Echo: Model {
    let owner = "sandbox"
    let name = "echo"
    let summary = "Gives back the input object exactly as it was sent."
    let inputSchema = #"{"type":"object","title":"Input","additionalProperties":true,"properties":{}}"#
    let outputSchema = #"{"type":"object","title":"Output","additionalProperties":true}"#

    func run(_ input: ModelInput, in run: ModelRun) async throws -> [UInt8] {
        try await run.log("replicate-sandbox: echoing \(input.json.bytes.count) bytes")
        return Array(input.json.bytes)
    }
}
