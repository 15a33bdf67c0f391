// What a snapshot of a prediction says: whether it is done, and what a failed one is called.

import Testing

@testable import Replicate

struct PredictionStateTests {
    static let outputs = ["", ",\"output\":null", ",\"output\":\"x\"", ",\"output\":[]", ",\"output\":false"]

    @Test(
        arguments: ["starting", "processing", "succeeded", "failed", "canceled", "aborted", "pondering", ""], outputs)
    func isFinished(_ status: String, _ output: String) throws {
        let state = PredictionState(try JSON(validating: prediction(status, output)))
        let ended = ["succeeded", "failed", "canceled", "aborted"].contains(status)
        let hasOutput = !output.isEmpty && !output.hasSuffix("null")
        #expect(state.status.isTerminal == ended)
        #expect(state.hasOutput == hasOutput)
        #expect(state.isFinished(afterHeldCreate: false) == ended)
        #expect(state.isFinished(afterHeldCreate: true) == (ended || (status == "processing" && hasOutput)))
    }

    @Test(
        arguments: [
            ("{}", .unknown(""), nil), ("[]", .unknown(""), nil), ("1", .unknown(""), nil),
            ("{\"status\":1}", .unknown(""), nil),
            ("{\"status\":\"Succeeded\",\"id\":\"\"}", .unknown("Succeeded"), nil),
            ("{\"status\":\"succeeded\",\"id\":7}", .succeeded, nil),
            ("{\"status\":\"st\\u0061rting\",\"id\":\"a\"}", .starting, "a"),
            ("{\"id\":\"a\",\"id\":\"b\"}", .unknown(""), "b"),
        ] as [(String, PredictionState.Status, String?)])
    func strangeSnapshotsAreRead(_ text: String, _ status: PredictionState.Status, _ id: String?) throws {
        let state = PredictionState(try JSON(validating: text))
        #expect(state.status == status)
        #expect(state.id == id)
    }

    @Test(
        arguments: [
            ("failed", "\"CUDA out of memory\"", .modelFailed, "CUDA out of memory", false),
            ("failed", "\"NSFW content detected\"", .contentFiltered, "NSFW content detected", false),
            (
                "failed", "\"Service is at capacity: high demand (E003)\"", .capacity,
                "Service is at capacity: high demand (E003)", true
            ),
            ("failed", "null", .modelFailed, "the prediction failed", false),
            ("failed", "\"\"", .modelFailed, "the prediction failed", false),
            ("failed", "{\"code\": 1}", .modelFailed, "{\"code\": 1}", false),
            ("failed", "\"two\\nlines\"", .modelFailed, "two lines", false),
            ("canceled", "null", .canceled, "the prediction was canceled", false),
            ("canceled", "\"by the user\"", .canceled, "by the user", false),
            ("aborted", "null", .canceled, "the prediction was aborted before it started", false),
        ] as [(String, String, ReplicateError.Kind, String, Bool)])
    func failure(_ status: String, _ text: String, _ kind: ReplicateError.Kind, _ message: String, _ retryable: Bool)
        throws
    {
        let snapshot = try JSON(validating: prediction(status, ",\"error\":\(text)"))
        let error = try #require(PredictionState(snapshot).failure(of: .prediction))
        #expect(error.kind == kind)
        #expect(error.message == message)
        #expect(error.retryable == retryable)
        #expect(error.prediction?.bytes == snapshot.bytes)
    }

    @Test(arguments: ["starting", "processing", "succeeded", "pondering"])
    func whatHasNotFailedHasNoFailure(_ status: String) throws {
        #expect(PredictionState(try JSON(validating: prediction(status, ",\"error\":\"x\""))).failure(of: .prediction) == nil)
    }

    @Test func aChangeOfOneByteIsAChange() throws {
        let state = PredictionState(try JSON(validating: prediction("processing", ",\"logs\":\"1\"")))
        #expect(
            !state.differs(
                from: PredictionState(try JSON(validating: " " + prediction("processing", ",\"logs\":\"1\"")))))
        #expect(state.differs(from: PredictionState(try JSON(validating: prediction("processing", ",\"logs\":\"2\"")))))
    }
}
