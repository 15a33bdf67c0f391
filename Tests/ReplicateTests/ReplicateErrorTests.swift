// The one line that a person reads.

import Testing

@testable import Replicate

struct ReplicateErrorTests {
    @Test func descriptionHasKindMessageAndStatus() {
        var error = ReplicateError(.notFound, "no such prediction")
        #expect(error.description == "not_found: no such prediction")
        error.status = 404
        #expect(error.description == "not_found: no such prediction (HTTP 404)")
    }

    @Test(
        arguments: [(.maybeSent, true), (.notSent, false), (.rejected, false), (nil, false)]
            as [(ReplicateError.Delivery?, Bool)])
    func descriptionWarnsOfACreateThatMayHaveBeenBilled(_ delivery: ReplicateError.Delivery?, _ warns: Bool) {
        var error = ReplicateError(.network, "broke")
        error.delivery = delivery
        #expect(error.description.contains("billed") == warns)
    }

    @Test func namesAreTheABIsNames() {
        #expect(
            ReplicateError.Kind.allCases.map(\.rawValue) == [
                "auth", "billing", "not_found", "invalid_input", "rate_limited", "model_failed", "content_filtered",
                "capacity",
                "canceled", "timeout", "network", "truncated", "protocol", "internal",
            ])
        #expect(ReplicateError.Delivery.maybeSent.rawValue == "maybe_sent")
        #expect(ReplicateError.Delivery.notSent.rawValue == "not_sent")
        #expect(ReplicateError.Delivery.rejected.rawValue == "rejected")
    }

    @Test(
        arguments: [
            (.milliseconds(1), 1, 0.001), (.seconds(2), 2000, 2), (.microseconds(1999), 1, 0.001999), (.zero, 0, 0),
            (.milliseconds(-1500), -1500, -1.5), (.seconds(Int64.max), .max, 9.223372036854776e18),
            (.seconds(Int64.min), .min, -9.223372036854776e18),
        ] as [(Duration, Int, Double)])
    func durationInMillisecondsAndSeconds(_ duration: Duration, _ milliseconds: Int, _ seconds: Double) {
        #expect(duration.milliseconds == milliseconds)
        #expect(abs(duration.seconds - seconds) <= abs(seconds) * 1e-12)
    }
}

struct HiddenTokenTests {
    private func error(_ message: String) -> ReplicateError {
        var error = ReplicateError(.modelFailed, message)
        (error.title, error.detail) = (message, message)
        error.attemptList = [FailedAttempt(error, seconds: 0)]
        return error.hiding("r8_secret")
    }

    @Test(arguments: [
        ("no access", "no access"), ("for r8_secret", "for (token)"), ("r8_secretr8_secret", "(token)(token)"),
        ("the end is r8_se…", "the end is …"), ("the end is r8_secret…", "the end is (token)…"), ("r8_…", "r8_…"), ("", ""),
    ])
    func theTokenIsInNoText(_ message: String, _ expected: String) {
        let error = error(message)
        #expect([error.message, error.title, error.detail, error.attemptList[0].message].allSatisfy { $0 == expected })
    }

    @Test func norInTheFieldsThatTheServiceNames() throws {
        var error = ReplicateError(.invalidInput, "no")
        error.invalidFields = try JSON(validating: "[{\"field\":\"a\",\"description\":\"r8_secret\"}]")
        #expect(error.hiding("r8_secret").invalidFields?.elements.first?["description"]?.string == "(token)")
        #expect(error.hiding(nil).invalidFields?.elements.first?["description"]?.string == "r8_secret")
    }
}
