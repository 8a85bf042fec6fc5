package io.fourtuple.netty;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs a test class by name, and writes a line for each test into a file: name, outcome, stack
 * trace. Into a file, because logs go to the output.
 */
final class ScenarioMain implements TestExecutionListener {
  private final PrintWriter outcomes;
  private TestPlan plan;

  private ScenarioMain(PrintWriter outcomes) {
    this.outcomes = outcomes;
  }

  public static void main(String[] arguments) throws IOException {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(arguments[1]))
            // Against hanging for ever; not a bound that a test may reach.
            .configurationParameter("junit.jupiter.execution.timeout.default", "5 m")
            .build();
    try (PrintWriter outcomes = new PrintWriter(arguments[0], StandardCharsets.UTF_8)) {
      LauncherFactory.create().execute(request, new ScenarioMain(outcomes));
    }
    System.exit(0);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    this.plan = plan;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      StringWriter trace = new StringWriter();
      result.getThrowable().ifPresent(e -> e.printStackTrace(new PrintWriter(trace)));
      byte[] bytes = trace.toString().getBytes(StandardCharsets.UTF_8);
      outcomes.println(
          name(test)
              + "\t"
              + result.getStatus()
              + "\t"
              + Base64.getEncoder().encodeToString(bytes));
    }
  }

  /** The display names from below the engine and the class. */
  private String name(TestIdentifier test) {
    List<String> names = new ArrayList<>();
    for (var at = Optional.of(test); at.isPresent(); at = at.flatMap(plan::getParent)) {
      names.add(0, at.get().getDisplayName());
    }
    return String.join(" ", names.subList(Math.min(2, names.size() - 1), names.size()));
  }
}
