package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;

/** The Reactive Streams TCK, for the bodies of responses and requests. */
class BodiesTckTest {
  @ParameterizedTest
  @ValueSource(classes = {ResponseBodyVerification.class, RequestBodyVerification.class})
  void theRulesAreKept(Class<?> verification) {
    TestListenerAdapter results = new TestListenerAdapter();
    TestNG tests = new TestNG(false);
    tests.setTestClasses(new Class<?>[] {verification});
    tests.addListener(results);
    tests.setVerbose(0);
    tests.run();
    assertThat(results.getFailedTests())
        .extracting(ITestResult::getName, ITestResult::getThrowable)
        .isEmpty();
    assertThat(results.getConfigurationFailures()).isEmpty();
    assertThat(results.getPassedTests()).hasSizeGreaterThan(10);
  }

  /** What the TCK cannot ask of a body, it skips. */
  @Test
  void aBodyThatFailsIsNotAskedFor() {
    assertThat(new ResponseBodyVerification().createFailedFlowPublisher()).isNull();
  }
}
