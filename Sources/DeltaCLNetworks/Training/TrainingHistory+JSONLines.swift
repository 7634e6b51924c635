extension TrainingHistory {
  /// The history as JSON lines, in the order in which things happened:
  ///
  ///     {"kind":"step","epoch":1,"step":1,"loss":2.3065,"accuracy":0.0781}
  ///     {"kind":"epoch","epoch":1,"step":938,"loss":0.61,"accuracy":0.77,"testLoss":0.48,"testAccuracy":0.82,"seconds":9.1}
  ///
  /// Both test figures are `null` if the epoch is not evaluated.
  public var jsonLines: String {
    var lines = ""
    var remaining = epochs[...]
    for step in steps {
      lines += """
        {"kind":"step","epoch":\(step.epoch),"step":\(step.step),"loss":\(json(step.loss)),\
        "accuracy":\(json(step.accuracy))}

        """
      while let epoch = remaining.first, epoch.step <= step.step {
        lines += line(epoch)
        remaining.removeFirst()
      }
    }
    for epoch in remaining { lines += line(epoch) }
    return lines
  }

  private func line(_ epoch: Epoch) -> String {
    """
    {"kind":"epoch","epoch":\(epoch.epoch),"step":\(epoch.step),"loss":\(json(epoch.loss)),\
    "accuracy":\(json(epoch.accuracy)),"\(evaluationName)Loss":\(json(epoch.testLoss)),\
    "\(evaluationName)Accuracy":\(json(epoch.testAccuracy)),"seconds":\(json(Float(epoch.seconds)))}

    """
  }

  /// The shortest decimal that reads back as the same number; JSON cannot express those that are not finite.
  private func json(_ value: Float) -> String {
    value.isFinite ? "\(value)" : "null"
  }
}
