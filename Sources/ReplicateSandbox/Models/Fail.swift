// sandbox/fail: always fails, for trying what a program does then.

import Replicate

struct Fail: Model {
    let owner = "sandbox"
    let name = "fail"
    let summary = "Fails with the message that it is given."
    let inputSchema = """
        {"type":"object","title":"Input","additionalProperties":false,"properties":{\
        "message":{"type":"string","title":"Message","x-order":0,"default":"The model failed, as it was asked to.",\
        "description":"The error to fail with"},\
        "after_seconds":{"type":"number","title":"After Seconds","x-order":1,"default":0,"minimum":0,"maximum":600,\
        "description":"How long to run before that"}}}
        """
    let outputSchema = #"{"title":"Output","nullable":true}"#
    let exampleInput = #"{"message":"The model failed, as it was asked to."}"#
    let tags = ["testing"]

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        try await run.log("replicate-sandbox: about to fail")
        try await run.sleep(input["after_seconds"]?.double ?? 0)
        let message = input["message"]?.string ?? ""
        try await run.log("Traceback (most recent call last):\nModelError: \(message)")
        throw ModelFailure(message: message)
    }
}
