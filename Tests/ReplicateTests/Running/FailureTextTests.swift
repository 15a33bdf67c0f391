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
            ("E1001: out of memory", .modelFailed), ("webhook URL is empty (E4875)", .invalidInput),
            ("Timeout while starting: E6716", .capacity), ("nothing (E003)", .capacity), ("xE003", .modelFailed),
            ("E0035", .modelFailed), ("e005", .modelFailed), (String(repeating: "x", count: 5000) + "nsfw", .modelFailed),
            ("high demand for nsfw", .contentFiltered),
        ] as [(String, ReplicateError.Kind)])
    func kind(_ text: String, _ kind: ReplicateError.Kind) {
        #expect(FailureText.meaning(text).kind == kind)
        #expect(FailureText.meaning(text).retryable == (kind == .capacity))
    }

    @Test(
        arguments: [
            ("failed (E1001)", "E1001"), ("E9999", "E9999"), ("see FILE1234 or E12 or E12345", nil), ("E005 then E003", "E005"),
            ("error E6716: timeout", "E6716"), ("xE1000 E1000x E_1000 é", nil), ("", nil),
        ] as [(String, String?)])
    func code(_ text: String, _ code: String?) {
        #expect(FailureText.meaning(text).code == code)
    }
}
