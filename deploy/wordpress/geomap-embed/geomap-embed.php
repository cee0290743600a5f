<?php
/**
 * Plugin Name: geomap embed
 * Description: Maps of a geomap site by plain address and as a block, in the height they need.
 * Version: 1.0.0
 * Requires at least: 5.8
 * Requires PHP: 7.4
 * License: MIT
 * Text Domain: geomap-embed
 *
 * The addresses of the sites are set under Settings → Writing; they alone are embedded.
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

const GEOMAP_EMBED_OPTION = 'geomap_embed_sites';
// What the frame's address takes; each is an attribute of the block.
const GEOMAP_EMBED_PARAMETERS = array( 'date', 'lang', 'theme', 'mode' );

/** The sites that may be embedded, without a slash at their end. */
function geomap_embed_sites() {
	$lines = preg_split( '/\s+/', (string) get_option( GEOMAP_EMBED_OPTION, '' ), -1, PREG_SPLIT_NO_EMPTY );
	return array_map( 'untrailingslashit', $lines );
}

/** The site that an address lies on, or null. */
function geomap_embed_site_of( $address ) {
	foreach ( geomap_embed_sites() as $site ) {
		if ( 0 === strpos( $address, $site . '/' ) ) {
			return $site;
		}
	}
	return null;
}

/** Keep the lines that are addresses of sites. */
function geomap_embed_clean( $text ) {
	$lines = preg_split( '/\s+/', (string) $text, -1, PREG_SPLIT_NO_EMPTY );
	$sites = array_filter( array_map( 'esc_url_raw', $lines ), fn( $line ) => preg_match( '#^https?://[^/?\#]+#', $line ) );
	return implode( "\n", array_map( 'untrailingslashit', $sites ) );
}

/** A plain address on a line of its own, or in [embed]: WordPress asks the site itself. */
function geomap_embed_providers() {
	foreach ( geomap_embed_sites() as $site ) {
		wp_oembed_add_provider( $site . '/*', $site . '/oembed' );
	}
}
add_action( 'init', 'geomap_embed_providers' );

/** Feeds have the link that pages hide beside the frame. */
function geomap_embed_in_feed( $content ) {
	$hidden = '<blockquote class="wp-embedded-content" style="display:none">';
	return str_replace( $hidden, '<blockquote class="wp-embedded-content">', $content );
}
add_filter( 'the_content_feed', 'geomap_embed_in_feed' );

/** The address of the frame for a page of the map: the same view, with the block's choices. */
function geomap_embed_frame( $address, $attributes ) {
	$parts = wp_parse_url( $address );
	$page  = strtok( $address, '?#' );
	$frame = preg_replace( '#/(embed)?$#', '', $page ) . '/embed';
	wp_parse_str( $parts['query'] ?? '', $query );
	foreach ( GEOMAP_EMBED_PARAMETERS as $name ) {
		if ( ! empty( $attributes[ $name ] ) ) {
			$query[ $name ] = $attributes[ $name ];
		}
	}
	$query += array( 'theme' => 'light' );
	return $frame . '?' . http_build_query( $query, '', '&', PHP_QUERY_RFC3986 );
}

/** What the block puts on the page: the frame, and a link for where frames are taken out. */
function geomap_embed_render( $attributes ) {
	$address = trim( $attributes['url'] ?? '' );
	$site    = geomap_embed_site_of( $address );
	if ( null === $site ) {
		return '';
	}
	$title = trim( $attributes['title'] ?? '' );
	if ( '' === $title ) {
		$title = __( 'Map', 'geomap-embed' );
	}
	$link = sprintf( '<p style="text-align:center"><small><a href="%s">%s</a></small></p>', esc_url( $address ), esc_html( $title ) );
	if ( is_feed() ) {
		return $link;
	}
	wp_enqueue_script( 'geomap-embed-fit-' . md5( $site ), $site . '/embed.js', array(), null, true );
	$frame = sprintf(
		'<iframe data-geomap src="%s" title="%s" loading="lazy" width="100%%" height="520" allowfullscreen'
		. ' style="display:block;width:100%%;height:auto;aspect-ratio:16/13;min-height:460px;max-height:760px;margin:0 auto;border:0"></iframe>',
		esc_url( geomap_embed_frame( $address, $attributes ) ),
		esc_attr( $title )
	);
	return sprintf( '<div %s>%s%s</div>', get_block_wrapper_attributes(), $frame, $link );
}

/** The block: its script needs no build, its frame is made here. */
function geomap_embed_block() {
	$needs = array( 'wp-blocks', 'wp-element', 'wp-block-editor', 'wp-components', 'wp-i18n', 'wp-server-side-render' );
	wp_register_script( 'geomap-embed-block', plugins_url( 'block.js', __FILE__ ), $needs, '1.0.0', true );
	$attributes = array( 'url' => array( 'type' => 'string' ), 'title' => array( 'type' => 'string' ) );
	foreach ( GEOMAP_EMBED_PARAMETERS as $name ) {
		$attributes[ $name ] = array( 'type' => 'string' );
	}
	register_block_type(
		'geomap/map',
		array(
			'api_version'     => 2,
			'attributes'      => $attributes,
			'supports'        => array( 'align' => array( 'wide', 'full' ), 'html' => false ),
			'editor_script'   => 'geomap-embed-block',
			'render_callback' => 'geomap_embed_render',
		)
	);
}
add_action( 'init', 'geomap_embed_block' );

/** The one setting, on the page that WordPress has for writing. */
function geomap_embed_settings() {
	register_setting( 'writing', GEOMAP_EMBED_OPTION, array( 'type' => 'string', 'sanitize_callback' => 'geomap_embed_clean', 'default' => '' ) );
	add_settings_field( GEOMAP_EMBED_OPTION, __( 'Sites with maps', 'geomap-embed' ), 'geomap_embed_field', 'writing', 'default', array( 'label_for' => GEOMAP_EMBED_OPTION ) );
}
add_action( 'admin_init', 'geomap_embed_settings' );

function geomap_embed_field() {
	printf(
		'<textarea id="%1$s" name="%1$s" rows="3" class="large-text code">%2$s</textarea><p class="description">%3$s</p>',
		esc_attr( GEOMAP_EMBED_OPTION ),
		esc_textarea( get_option( GEOMAP_EMBED_OPTION, '' ) ),
		esc_html__( 'One address a line, such as https://maps.example.org', 'geomap-embed' )
	);
}
