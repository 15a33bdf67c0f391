// sandbox/slow: takes its time and logs progress as tqdm does, for trying progress, cancelling and time limits.

import Replicate

struct Slow: Model {
    let owner = "sandbox"
    let name = "slow"
    let summary = "Works through a number of steps and logs its progress like tqdm."
    let inputSchema = """
        {"type":"object","title":"Input","additionalProperties":false,"properties":{\
        "text":{"type":"string","title":"Text","x-order":0,"default":"done","description":"What comes out"},\
        "steps":{"type":"integer","title":"Steps","x-order":1,"default":10,"minimum":1,"maximum":100,\
        "description":"How many steps to work through"},\
        "step_seconds":{"type":"number","title":"Step Seconds","x-order":2,"default":0.1,"minimum":0,"maximum":5,\
        "description":"How long a step takes"},\
        "start_seconds":{"type":"number","title":"Start Seconds","x-order":3,"default":0,"minimum":0,"maximum":600,\
        "description":"How long the prediction is starting, as if a worker had to boot"}}}
        """
    let outputSchema = #"{"type":"string","title":"Output"}"#
    let exampleInput = #"{"text":"three steps later","steps":3,"step_seconds":0.01}"#
    let tags = ["testing"]

    func startDelay(_ input: ModelInput) -> Double { input["start_seconds"]?.double ?? 0 }

    func run(_ input: ModelInput, in run: ModelRun) async throws -> ModelOutput {
        let steps = Int(input["steps"]?.double ?? 10)
        let seconds = input["step_seconds"]?.double ?? 0.1
        try await Self.work(steps: steps, stepSeconds: seconds, in: run)
        return .text(input.text("text"))
    }

    static func work(steps: Int, stepSeconds seconds: Double, in run: ModelRun) async throws {
        for step in 0...max(steps, 1) {
            if step > 0 { try await run.sleep(seconds) }
            try await run.log(progressLine(step: step, of: max(steps, 1), stepSeconds: seconds))
        }
    }

    /// ` 30%|###       | 3/10 [00:00<00:00, 10.0it/s]`
    static func progressLine(step: Int, of steps: Int, stepSeconds: Double) -> String {
        let percent = String(step * 100 / steps)
        let filled = step * 10 / steps
        let bar = String(repeating: "#", count: filled) + String(repeating: " ", count: 10 - filled)
        let padding = String(repeating: " ", count: max(3 - percent.count, 0))
        let rate = stepSeconds > 0 && step > 0 ? "\((10 / stepSeconds).rounded() / 10)it/s" : "?it/s"
        let elapsed = clock(Double(step) * stepSeconds)
        let remaining = step > 0 ? clock(Double(steps - step) * stepSeconds) : "?"
        return "\(padding)\(percent)%|\(bar)| \(step)/\(steps) [\(elapsed)<\(remaining), \(rate)]"
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(whole / 60)):\(two(whole % 60))"
    }
}
