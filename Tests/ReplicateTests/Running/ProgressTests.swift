// The last bar in the logs, wherever it stands.

import Testing

@testable import Replicate

struct ProgressTests {
    private static let bar = " 30%|###       | 3/10 [00:00<00:00, 10.0it/s]"

    @Test(
        arguments: [
            (bar, 0.3, 3, 10), ("0%|          | 0/10 [00:00<?, ?it/s]", 0, 0, 10),
            ("100%|██████████| 10/10 [00:01<00:00]\n", 1, 10, 10), ("  7% |#  |  7/100", 0.07, 7, 100),
            ("Sampling:  45%|####▌     | 9/20 [00:01<00:01,  8.8it/s]", 0.45, 9, 20),
            ("Step 50% of it: 25%|##| 1/4 [x | y 3/9]", 0.25, 1, 4),
            ("x\n\(bar)\n 40%|####      | 4/10 [00:00]\ndone\n", 0.4, 4, 10),
            (" 10%|#| 1/10 [a]\r 20%|##| 2/10 [b]\r 30%|###| 3/10 [c]", 0.3, 3, 10),
            ("\(bar)\r", 0.3, 3, 10), ("\(bar)\nlater: 90% sure\n 3/4 done", 0.3, 3, 10),
            ("5%|a| 1/999999999999999999", 0.05, 1, 999_999_999_999_999_999),
        ] as [(String, Double, Int64, Int64)])
    func isFound(_ logs: String, _ fraction: Double, _ current: Int64, _ total: Int64) throws {
        let progress = try #require(Progress(logs: logs))
        #expect(progress.fraction == fraction)
        #expect(progress.current == current)
        #expect(progress.total == total)
    }

    @Test(arguments: [
        "", "\n\n", "%", "30%", "30%|", "30%|##", "30%|##|", "30%|##| 3", "30%|##| 3/", "30%|##| /10", "30%|##| a/b",
        "101%|##| 3/10", "%|##| 3/10", "30 %|##| 3/10", "CPU 30%|##| 3/10", "30%|##| 3/1.2k", "30%|##| 3.5/10",
        "30%|##| 3/1000000000000000000000", "99999999999999999999%|##| 3/10", "30%|##\n| 3/10",
    ])
    func isNotFound(_ logs: String) { #expect(Progress(logs: logs) == nil) }

    @Test func everyStartOfABarIsSafe() {
        for count in 0...Self.bar.utf8.count { _ = Progress(logs: String(Self.bar.prefix(count))) }
    }
}
