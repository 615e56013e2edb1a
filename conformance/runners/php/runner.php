<?php

declare(strict_types=1);

/*
 * The runner of a PHP client made by openapi-generator (`-g php`, with Guzzle on libcurl).
 *
 * Traps for everybody who uses such a client, all seen with openapi-generator 7.26.0. The constructor of Runner
 * switches the first four off:
 *
 * - Guzzle throws at a status from 400 on, although the outcome is in the body. With http_errors off the client decodes
 *   the body of every status by itself.
 * - Guzzle follows redirects: at a 307 it sends the body of an addition, and the key in it, to wherever the Location
 *   header says.
 * - libcurl keeps connections, and where a kept one turns out to be closed it sends the request again by itself, a POST
 *   too. A deletion that was done then comes back as an unknown id.
 * - Guzzle waits forever unless told how long.
 * - The client's exceptions have the whole URL in their message, and the key with it: never log them as they are.
 * - settype() makes true of the text "false" and 0 of a word: an answer in a wrong form may pass for a success.
 * - json_decode() makes a float of a number beyond 64 bits, and the client would send that. See attempt().
 */

use GuzzleHttp\Client;
use MailPartner\Api\UnsubscribesApi;
use MailPartner\ApiException;
use MailPartner\Configuration;
use MailPartner\Model\UnsubscribeAddition;

require __DIR__ . '/outcomes.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = $_SERVER['argv'][1] . '/lib/' . strtr(substr($class, strlen('MailPartner\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'MailPartner\\') && is_file($file)) {
        require $file;
    }
});

/** Carries out calls with the generated client, and says what came of them. */
final class Runner
{
    private const GET_FORM = ['deleteUnsubscribe' => 'deleteUnsubscribeWithGet'];

    private Client $http;
    private bool $sent = false;

    public function __construct(private string $url, private Outcomes $outcomes)
    {
        $this->http = new Client([
            'http_errors' => false,
            'allow_redirects' => false,
            'timeout' => 30,
            'curl' => [CURLOPT_FORBID_REUSE => true],
            'on_stats' => function (): void {
                $this->sent = true;
            },
        ]);
    }

    public function report(array $call): array
    {
        if (in_array('xml', $call['needs'], true)) {
            return ['cannot' => 'the JSON-only profile has no XML'];
        }
        $said = $this->carryOut($call);
        $unchecked = in_array('check', $call['needs'], true) && $said['result'] !== 'not_sent';
        return $unchecked ? ['cannot' => 'the generated client does not check this argument'] : $said;
    }

    /** The attempts of a call. Once something may have been done, an unknown id means that it is gone. */
    private function carryOut(array $call): array
    {
        $operation = $call['operation'];
        $doubt = false;
        for ($left = $call['retries'];;) {
            $said = $this->attempt($operation, $call) + ['error' => null, 'maybe_applied' => false];
            if ($said['error'] === 'not_found' && ($call['missing_ok'] || $doubt)) {
                return ['result' => 'already_gone', 'code' => $said['code'], 'message' => $said['message']];
            }
            $doubt = $doubt || $said['maybe_applied'];
            $unheard = ($said['status'] ?? null) === 405 || ($said['name'] ?? null) === 'API_KEY_REQUIRED';
            if ($unheard && $call['method'] === 'auto' && isset(self::GET_FORM[$operation])) {
                $operation = self::GET_FORM[$operation];
            } elseif ($left > 0 && ($said['maybe_applied'] || $said['error'] === 'rate_limit')) {
                $left--;
            } else {
                $failed = in_array($said['result'], ['refused', 'unreadable', 'no_answer'], true);
                return ['maybe_applied' => $failed && $doubt] + $said;
            }
        }
    }

    private function attempt(string $operation, array $call): array
    {
        if (!is_int($call['arguments']['id'] ?? 0)) {
            return ['result' => 'not_sent'];
        }
        $this->sent = false;
        $configuration = (new Configuration())->setHost($this->url)->setApiKey('apiKey', $call['key']);
        $api = new UnsubscribesApi($this->http, $configuration);
        try {
            [$answer, $status] = $api->{$operation . 'WithHttpInfo'}(...$this->argumentsOf($operation, $call));
        } catch (ApiException $e) {
            return $e->getCode() === 0
                ? ['result' => 'no_answer', 'maybe_applied' => true]
                : $this->outcomes->unreadable($e->getCode());
        } catch (\Throwable) {
            return $this->sent ? $this->outcomes->unreadable(200) : ['result' => 'not_sent'];
        }
        return $this->outcomes->of($operation, $answer, $status);
    }

    private function argumentsOf(string $operation, array $call): array
    {
        return match ($operation) {
            'listUnsubscribes' => [],
            'addUnsubscribe' => [
                new UnsubscribeAddition(['api_key' => $call['key'], 'email' => $call['arguments']['email']]),
            ],
            default => [$call['arguments']['id']],
        };
    }

}

function read(string $file): array
{
    return json_decode(file_get_contents($file), true, flags: JSON_THROW_ON_ERROR);
}

$runner = new Runner(getenv('CONFORMANCE_URL'), new Outcomes(read(getenv('SPEC'))));
foreach (read(getenv('CONFORMANCE_CALLS')) as $call) {
    echo json_encode(['case' => $call['case']] + $runner->report($call), JSON_THROW_ON_ERROR), "\n";
}
