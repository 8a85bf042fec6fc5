package io.fourtuple.netty;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes by name, and prints a line for each test: mark, name, outcome, stack trace. */
final class ScenarioMain implements TestExecutionListener {
  static final String MARK = "scenario\t";

  private TestPlan plan;

  private ScenarioMain() {}

  public static void main(String[] classes) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(name -> selectClass(name)).toList())
            .build();
    LauncherFactory.create().execute(request, new ScenarioMain());
    System.exit(0);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    this.plan = plan;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    if (test.isTest() || !passed) {
      String parent = plan.getParent(test).map(TestIdentifier::getDisplayName).orElse("");
      StringWriter trace = new StringWriter();
      result.getThrowable().ifPresent(e -> e.printStackTrace(new PrintWriter(trace)));
      System.out.println(
          MARK
              + parent
              + " "
              + test.getDisplayName()
              + "\t"
              + passed
              + "\t"
              + Base64.getEncoder()
                  .encodeToString(trace.toString().getBytes(StandardCharsets.UTF_8)));
    }
  }
}
