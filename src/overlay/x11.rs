//! The edges as windows of X11.

use x11rb::connection::Connection;
use x11rb::protocol::randr::ConnectionExt as _;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ClipOrdering, ColormapAlloc, ConfigureWindowAux, ConnectionExt as _, CreateGCAux,
    CreateWindowAux, ImageFormat, ImageOrder, PropMode, StackMode, VisualClass, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::{OverlayError, gradient};

/// How far the dark reaches into a screen, as a part of its shorter side. Our choice.
const REACH: f32 = 0.12;

/// The depth of a window with transparency, in bits.
const DEPTH: u8 = 32;

/// Where a screen is: x, y, width and height in pixels.
type Place = (i16, i16, u16, u16);

/// The dimmed edges of all screens. They are gone when this is dropped.
pub(super) struct X11Edges {
    connection: RustConnection,
    root: Window,
    visual: u32,
    colormap: u32,
    /// What tells compositors how much of a window to let through.
    opacity: u32,
    /// Owned by the compositor while one runs.
    compositor: u32,
    screens: Vec<Place>,
    windows: Vec<Window>,
}

impl X11Edges {
    /// Connects to the X server. Nothing is dimmed yet.
    pub(super) fn new() -> Result<X11Edges, OverlayError> {
        let (connection, number) = RustConnection::connect(None)?;
        let atom = |name: String| -> Result<u32, OverlayError> {
            let atom = connection.intern_atom(false, name.as_bytes())?;
            Ok(atom.reply()?.atom)
        };
        let compositor = atom(format!("_NET_WM_CM_S{number}"))?;
        let opacity = atom("_NET_WM_WINDOW_OPACITY".to_owned())?;
        let version = connection.shape_query_version()?.reply()?;
        // Windows that let clicks through came with 1.1.
        if (version.major_version, version.minor_version) < (1, 1) {
            return Err(OverlayError::NoTransparency);
        }
        let screen = &connection.setup().roots[number];
        let root = screen.root;
        let visual = screen
            .allowed_depths
            .iter()
            .filter(|depth| depth.depth == DEPTH)
            .flat_map(|depth| &depth.visuals)
            .find(|visual| visual.class == VisualClass::TRUE_COLOR)
            .ok_or(OverlayError::NoTransparency)?
            .visual_id;
        let colormap = connection.generate_id()?;
        connection.create_colormap(ColormapAlloc::NONE, colormap, root, visual)?;
        let edges = X11Edges {
            root,
            visual,
            colormap,
            opacity,
            compositor,
            screens: Vec::new(),
            windows: Vec::new(),
            connection,
        };
        match edges.has_compositor()? {
            true => Ok(edges),
            false => Err(OverlayError::NoCompositor),
        }
    }

    /// Dims the edges of all screens that there are now.
    pub(super) fn dim(&mut self, depth: f32) -> Result<(), OverlayError> {
        if !self.has_compositor()? {
            return Err(OverlayError::NoCompositor);
        }
        let monitors = self.connection.randr_get_monitors(self.root, true)?;
        let monitors = monitors.reply()?.monitors;
        let screens: Vec<Place> = monitors
            .iter()
            .map(|monitor| (monitor.x, monitor.y, monitor.width, monitor.height))
            .collect();
        let is_new = screens != self.screens;
        if is_new {
            for window in std::mem::take(&mut self.windows) {
                self.connection.destroy_window(window)?;
            }
            self.screens.clear();
            for &screen in &screens {
                self.add_screen(screen)?;
            }
            self.screens = screens;
        }
        let opacity = (f64::from(depth.clamp(0.0, 1.0)) * f64::from(u32::MAX)) as u32;
        for &window in &self.windows {
            let property = (self.opacity, AtomEnum::CARDINAL);
            self.connection.change_property32(
                PropMode::REPLACE,
                window,
                property.0,
                property.1,
                &[opacity],
            )?;
            // Above what has come since, such as a full-screen program.
            let above = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
            self.connection.configure_window(window, &above)?;
            if is_new {
                self.connection.map_window(window)?;
            }
        }
        self.connection.flush()?;
        // Of windows that are gone by now, nothing need be known.
        while self.connection.poll_for_event()?.is_some() {}
        Ok(())
    }

    fn has_compositor(&self) -> Result<bool, OverlayError> {
        let owner = self.connection.get_selection_owner(self.compositor)?;
        Ok(owner.reply()?.owner != x11rb::NONE)
    }

    /// Makes the windows of one screen. They are not shown yet.
    fn add_screen(&mut self, (x, y, width, height): Place) -> Result<(), OverlayError> {
        let reach = (f32::from(width.min(height)) * REACH).max(1.0) as u16;
        let (right, bottom) = (
            x.saturating_add_unsigned(width - reach),
            y.saturating_add_unsigned(height - reach),
        );
        let edges = [
            ((x, y, width, reach), (1, reach), false),
            ((x, bottom, width, reach), (1, reach), true),
            ((x, y, reach, height), (reach, 1), false),
            ((right, y, reach, height), (reach, 1), true),
        ];
        for (place, tile, is_far) in edges {
            let window = self.edge(place, tile, is_far)?;
            self.windows.push(window);
        }
        Ok(())
    }

    /// A window that is black at its rim and lets more and more through towards the middle of the
    /// screen. `tile` is a piece of it as large as one pixel along the rim; on the far sides it is
    /// the other way round.
    fn edge(
        &self,
        (x, y, width, height): Place,
        tile: (u16, u16),
        is_far: bool,
    ) -> Result<Window, OverlayError> {
        let connection = &self.connection;
        let tile_pixels = self.tile(tile, is_far)?;
        let window = connection.generate_id()?;
        let looks = CreateWindowAux::new()
            .background_pixmap(tile_pixels)
            .border_pixel(0)
            .colormap(self.colormap)
            // The window manager leaves it alone.
            .override_redirect(1);
        connection.create_window(
            DEPTH,
            window,
            self.root,
            x,
            y,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            self.visual,
            &looks,
        )?;
        connection.free_pixmap(tile_pixels)?;
        // Clicks go through to what is below.
        connection.shape_rectangles(
            shape::SO::SET,
            shape::SK::INPUT,
            ClipOrdering::UNSORTED,
            window,
            0,
            0,
            &[],
        )?;
        // For people who tell their compositor what to do with which window.
        connection.change_property8(
            PropMode::REPLACE,
            window,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            b"sitwell\0Sitwell\0",
        )?;
        Ok(window)
    }

    fn tile(&self, (width, height): (u16, u16), is_far: bool) -> Result<u32, OverlayError> {
        // Black, so that only the alpha counts.
        let pixel = |alpha: u8| {
            let pixel = u32::from(alpha) << 24;
            match self.connection.setup().image_byte_order {
                ImageOrder::MSB_FIRST => pixel.to_be_bytes(),
                _ => pixel.to_le_bytes(),
            }
        };
        // The window's own opacity says how deep it is.
        let pixels: Vec<u8> = gradient(width.max(height), is_far, 1.0)
            .flat_map(pixel)
            .collect();
        let connection = &self.connection;
        let (pixmap, context) = (connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(DEPTH, pixmap, self.root, width, height)?;
        connection.create_gc(context, pixmap, &CreateGCAux::new())?;
        connection.put_image(
            ImageFormat::Z_PIXMAP,
            pixmap,
            context,
            width,
            height,
            0,
            0,
            0,
            DEPTH,
            &pixels,
        )?;
        connection.free_gc(context)?;
        Ok(pixmap)
    }
}
