<?php
// WordPress's own functions, without its database: prints what its page holds for the oEmbed answer
// on stdin of a site that it does not know. Arguments: WordPress's folder, the address embedded.
define('ABSPATH', $argv[1] . '/');
define('WPINC', 'wp-includes');

// What the functions ask of a running WordPress.
function wp_generate_password($length) { return substr(str_shuffle('abcdefghijkmnpqrstuvwxyz23456789'), 0, $length); }
class WP_oEmbed { public function get_provider() { return false; } }

foreach (['plugin', 'load', 'functions', 'formatting', 'kses', 'embed'] as $part) {
    require_once ABSPATH . WPINC . "/$part.php";
}
add_filter('pre_option_blog_charset', fn() => 'UTF-8');
$answer = json_decode(stream_get_contents(STDIN));
echo wp_filter_oembed_result($answer->html, $answer, $argv[2]);
