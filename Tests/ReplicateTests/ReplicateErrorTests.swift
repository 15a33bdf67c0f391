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
