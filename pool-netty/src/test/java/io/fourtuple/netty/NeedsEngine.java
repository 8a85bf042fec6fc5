package io.fourtuple.netty;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips each test of a class, with the reason, where containers cannot be had; fails it where
 * {@code fourtuple.it.required} is true.
 */
@SuppressWarnings("exports") // tests are no module's exports
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsEngine.Condition.class)
public @interface NeedsEngine {
  /** A failed assumption before all tests would let them vanish from the report. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = Containers.missing();
      if (missing == null) {
        return ConditionEvaluationResult.enabled("containers can be had");
      }
      if (Boolean.getBoolean("fourtuple.it.required")) {
        throw new IllegalStateException("no containers: " + missing);
      }
      return ConditionEvaluationResult.disabled("no containers: " + missing);
    }
  }
}
