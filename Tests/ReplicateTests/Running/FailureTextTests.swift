// The sentences of failed predictions that mean something a caller can act on.

import Testing

@testable import Replicate

struct FailureTextTests {
    @Test(
        arguments: [
            ("NSFW content detected. Try running it again, or try a different prompt.", .contentFiltered),
            (
                "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
                .contentFiltered
            ),
            ("Request rejected by our CONTENT POLICY", .contentFiltered),
            ("Your request was rejected as a result of our safety system", .contentFiltered),
            ("Service is currently unavailable due to high demand. Please try again later. (E003)", .capacity),
            ("The model is currently overloaded", .capacity), ("out of capacity", .capacity),
            ("Prediction failed: E5000", .modelFailed), ("Traceback (most recent call last)", .modelFailed),
            ("", .modelFailed),
            ("E1001: out of memory", .modelFailed), (String(repeating: "x", count: 5000) + "nsfw", .modelFailed),
            ("high demand for nsfw", .contentFiltered),
        ] as [(String, ReplicateError.Kind)])
    func kind(_ text: String, _ kind: ReplicateError.Kind) {
        #expect(FailureText.kind(text) == kind)
    }
}
